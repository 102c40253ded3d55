"""What transformers' `generate()` has to know about molecules: encode once, repeat per beam sample by sample."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationMixin
from transformers.cache_utils import Cache

from configuration import LlamoConfig
from modeling_llamo.outputs import LlamoGraphFeatures

GRAPH_INPUTS = (
    "graph_node_ids",
    "graph_edge_index",
    "graph_edge_ids",
    "graph_node_counts",
    "graph_edge_counts",
    "graph_motif_features",
    "graph_motif_counts",
)
# Continuous numbers of graphs that are no molecules.
FEATURE_INPUTS = ("graph_node_features", "graph_edge_features")


def nothing_read(cache: Cache | None) -> bool:
    """Whether a generation is at its prompt: the cache holds no keys and, in recurrent models, no state."""
    if cache is None:
        return True
    try:
        return cache.get_seq_length() == 0
    except ValueError:  # recurrent layers alone (Mamba) count no tokens
        return not cache.has_previous_state()


class LlamoGenerationMixin(GenerationMixin):
    """Greedy, sampling, beams, assisted, streaming, static cache: all transformers' own.

    Packed graph tensors have no batch dimension, so generic code that repeats them row by row would ruin them, and code
    that passes them on at every step would encode them at every token. Both hooks below see to that before it happens.
    """

    config: LlamoConfig
    get_graph_features: Callable[..., LlamoGraphFeatures]
    placeholders_in_embeddings: Callable[..., torch.Tensor]
    if TYPE_CHECKING:  # transformers types its mixin for a protocol that checkers do not find in this class
        generate: Callable[..., Any]

    def _maybe_prepare_encoder_kwargs_for_generation(
        self, inputs_tensor, model_kwargs: dict[str, Any], model_input_name, generation_config
    ) -> dict[str, Any]:
        graphs = {name: model_kwargs.pop(name) for name in GRAPH_INPUTS + FEATURE_INPUTS if name in model_kwargs}
        if graphs.get("graph_node_ids") is not None:
            if (model_kwargs.get("mm_encoder_outputs") or {}).get("graph") is not None:
                raise ValueError("pass either graph tensors or mm_encoder_outputs['graph'], not both")
            features = self.get_graph_features(**graphs)
            model_kwargs["mm_encoder_outputs"] = {**(model_kwargs.get("mm_encoder_outputs") or {}), "graph": features}
        return model_kwargs

    def prepare_inputs_for_generation(self, input_ids, *args, cache=None, **kwargs) -> dict[str, Any]:
        """transformers' own; but a model that assists another gets its molecules in its first call too."""
        prepare = super().prepare_inputs_for_generation  # pyright: ignore[reportAttributeAccessIssue]
        inputs = prepare(input_ids, *args, cache=cache, **kwargs)
        if nothing_read(cache) and kwargs.get("mm_encoder_outputs") is not None:
            inputs["mm_encoder_outputs"] = kwargs["mm_encoder_outputs"]
        return inputs

    def _expand_multimodal_outputs(
        self,
        input_ids: torch.Tensor | None,
        mm_encoder_output: dict,
        expand_size: int = 1,
        inputs_embeds: torch.Tensor | None = None,
    ) -> dict:
        features = mm_encoder_output.get("graph")
        if features is None:
            return mm_encoder_output
        tokens = features.pooler_output
        order = self._expanded_graph_order(input_ids, inputs_embeds, [len(graph) for graph in tokens], expand_size)
        if isinstance(tokens, torch.Tensor):
            tokens = tokens[torch.tensor(order, dtype=torch.long, device=tokens.device)]
        else:
            tokens = tuple(tokens[graph] for graph in order)
        return {**mm_encoder_output, "graph": LlamoGraphFeatures(pooler_output=tokens)}

    def _expanded_graph_order(
        self, input_ids: torch.Tensor | None, inputs_embeds: torch.Tensor | None, lengths: list[int], expand_size: int
    ) -> list[int]:
        """Indices of graphs after each row is repeated: rows [A B | C] twice give A B A B C C."""
        if input_ids is not None and input_ids.numel():
            placeholders = input_ids == self.config.graph_token_id
        else:
            placeholders = self.placeholders_in_embeddings(inputs_embeds)
        order, graph = [], 0
        for row, open_places in enumerate(placeholders.sum(-1).tolist()):
            first = graph
            while open_places > 0 and graph < len(lengths):
                open_places -= lengths[graph]
                graph += 1
            if open_places:
                raise ValueError(
                    f"row {row}: <graph> placeholders and graph tokens of its molecules differ by {abs(open_places)}"
                )
            order += list(range(first, graph)) * expand_size
        return order
