"""Rows of a batch that come and go between decoding steps. Knows tensors and caches, no request and no text.

A new row is prefilled apart from the running ones; then both caches are padded on the left to one length and joined.
Positions count what is not padding, so a row has the positions, keys and values that it has alone.

Shapes: R rows, S cached positions, T prompt tokens, V vocabulary.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import pad
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer

from llamo.serving.prompts import Prompt


class RunningBatch:
    """The cache of what is being answered.

    Args:
        model: a `LlamoForConditionalGeneration` in eval mode.
    """

    def __init__(self, model: Any):
        self.model = model
        self.padding = model.generation_config.pad_token_id or 0
        self.is_stateful = bool(model.model.language_model._is_stateful)
        self.clear()

    def clear(self):
        """Drops all rows."""
        self.cache: Cache | None = None
        self.mask = torch.zeros(0, 0, dtype=torch.long, device=self.model.device)

    @property
    def is_growable(self) -> bool:
        """Whether rows can join and leave: every layer keeps keys and values of all positions, and nothing else."""
        return self.cache is None or (
            type(self.cache) is DynamicCache
            and all(type(layer) is DynamicLayer and layer.is_initialized for layer in self.cache.layers)
        )

    def prefill(self, prompts: Sequence[Prompt]) -> tuple[Cache, torch.Tensor, torch.Tensor]:
        """Reads prompts, beside the running rows.

        Returns:
            Their cache, mask (R, T) and next-token logits (R, V), float32.
        """
        device, longest = self.model.device, max(len(prompt.ids) for prompt in prompts)
        ids = [[self.padding] * (longest - len(prompt.ids)) + prompt.ids for prompt in prompts]
        ones = [[0] * (longest - len(prompt.ids)) + [1] * len(prompt.ids) for prompt in prompts]
        packed = [prompt.graphs for prompt in prompts if prompt.graphs]
        names = packed[0] if packed else ()
        graphs = {name: torch.cat([graph[name] for graph in packed]).to(device) for name in names}
        mask = torch.tensor(ones, device=device)
        cache = DynamicCache(config=self.model.config.get_text_config(decoder=True))
        return cache, mask, self._logits(torch.tensor(ids, device=device), mask, cache, **graphs)

    def join(self, cache: Cache, mask: torch.Tensor):
        """Puts prefilled rows behind the running ones."""
        if self.cache is None:
            self.cache, self.mask = cache, mask
            return
        length = max(self.mask.shape[1], mask.shape[1])
        for ours, theirs in zip(self.cache.layers, cache.layers, strict=True):
            for name in ("keys", "values"):
                both = (getattr(ours, name), getattr(theirs, name))
                setattr(ours, name, torch.cat([pad(one, (0, 0, length - one.shape[-2], 0)) for one in both]))
        self.mask = torch.cat([pad(one, (length - one.shape[1], 0)) for one in (self.mask, mask)])

    def step(self, tokens: Sequence[int]) -> torch.Tensor:
        """Appends a token to every row; gives next-token logits (R, V), float32."""
        assert self.cache is not None
        self.mask = pad(self.mask, (0, 1), value=1)
        return self._logits(torch.tensor(tokens, device=self.mask.device)[:, None], self.mask, self.cache)

    def keep(self, rows: Sequence[int]):
        """Drops all other rows, and the columns that are padding in all that stay."""
        if not rows:
            self.clear()
            return
        assert self.cache is not None
        kept = torch.tensor(rows, device=self.mask.device)
        mask = self.mask[kept]
        first = int(mask.any(0).int().argmax())
        self.mask = mask[:, first:]
        for layer in self.cache.layers:
            for name in ("keys", "values"):
                setattr(layer, name, getattr(layer, name)[kept, :, first:])

    def _logits(self, ids: torch.Tensor, mask: torch.Tensor, cache: Cache, **graphs: torch.Tensor) -> torch.Tensor:
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        outputs = self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
            **graphs,
        )
        return outputs.logits[:, -1].float()
