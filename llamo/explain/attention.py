"""What is read while an answer is written: words read graph tokens, graph tokens read atoms and functional groups.

Shapes: H heads of the projector, K graph tokens of a molecule, N atoms, M motifs, W words, T tokens of the answer.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from llamo.explain.prompt import Prompt
from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector.base import GraphAttention, NoAttentionError


@dataclass(frozen=True)
class Attention:
    """Attention of one molecule's graph tokens, and of the answer's words to these.

    Attributes:
        levels: (K) encoder level that a token reads; None for motifs, and for several levels at once.
        atoms: (K, H, N) from token to atom; with `motifs` 1 in sum over both.
        motifs: (K, H, M) from token to motif.
        words: (layers, W, K) from word to token, mean over the language model's heads and over the word's tokens.
    """

    levels: tuple[int | None, ...]
    atoms: np.ndarray
    motifs: np.ndarray
    words: np.ndarray

    def word_tokens(self, layer: int | None = None) -> np.ndarray:
        """(W, K) from word to graph token, of a layer of the language model or mean over all."""
        return self.words.mean(0) if layer is None else self.words[layer]

    def word_atoms(self, layer: int | None = None) -> np.ndarray:
        """(W, N) from word over graph tokens to atoms: the sum over tokens of both attentions' product."""
        return self.word_tokens(layer) @ self.atoms.mean(1)

    def word_motifs(self, layer: int | None = None) -> np.ndarray:
        """(W, M) from word over graph tokens to motifs."""
        return self.word_tokens(layer) @ self.motifs.mean(1)


@contextmanager
def eager_attention(language_model: Any) -> Iterator[None]:
    """Attention that can be seen, while the block runs; other implementations never hold the weights."""
    before = language_model.config._attn_implementation
    language_model.set_attn_implementation("eager")
    try:
        yield
    finally:
        language_model.set_attn_implementation(before)


@torch.inference_mode()
def read(model: Any, prompt: Prompt, answer: Sequence[int], owners: np.ndarray) -> list[Attention]:
    """Attention of each molecule of a prompt.

    A token of the answer is predicted at the place before it: that place's attention is its own.

    Args:
        model: a LLaMo.
        prompt: what was asked.
        answer: T ids.
        owners: (T,) the word of each id.

    Raises:
        NoAttentionError: the projector or the language model has no such attention.
    """
    inputs = {name: tensor.to(model.device) for name, tensor in prompt.inputs([prompt.graphs]).items()}
    graphs = _graph_attention(model, inputs)
    by_layer = _text_attention(model, inputs, answer)  # (layers, T, prompt)
    words = np.stack([by_layer[:, owners == word].mean(1) for word in range(owners.max() + 1)], axis=1)
    return [
        Attention(graph.levels, graph.atoms.cpu().numpy(), graph.motifs.cpu().numpy(), words[:, :, places])
        for graph, places in zip(graphs, prompt.places(), strict=True)
    ]


def _graph_attention(model: Any, inputs: dict[str, torch.Tensor]) -> list[GraphAttention]:
    tensors = {name: tensor for name, tensor in inputs.items() if name.startswith("graph_")}
    features = model.get_graph_features(**tensors, return_dict=True)
    batch = GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in tensors.items()})
    return model.model.projector.attention(features.hidden_states, batch)


def _text_attention(model: Any, inputs: dict[str, torch.Tensor], answer: Sequence[int]) -> np.ndarray:
    """(layers, T, prompt) mean over heads."""
    prompt_length = inputs["input_ids"].shape[1]
    ids = torch.cat([inputs["input_ids"], torch.tensor([list(answer)], device=model.device)], 1)
    inputs = {**inputs, "input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with eager_attention(model.model.language_model):
        outputs = model(**inputs, output_attentions=True, use_cache=False, logits_to_keep=1)
    layers = [layer for layer in outputs.attentions or () if layer is not None]
    if not layers:
        raise NoAttentionError(
            f"a language model of type {model.config.text_config.model_type!r} shows no attention weights; leave "
            "attention out (effects of leaving out atoms need none)"
        )
    rows = slice(prompt_length - 1, prompt_length - 1 + len(answer))
    return np.stack([layer[0, :, rows, :prompt_length].float().mean(0).cpu().numpy() for layer in layers])
