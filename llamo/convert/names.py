"""One two-way table of tensor names: where each tensor of our model lies in the released checkpoint.

The released code registers one `nn.MultiheadAttention` under six names and the language model as a whole; here the
attention's three input matrices are tensors of their own, stacked per level, and decoder and head are apart.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch

from modeling_llamo import moleculestm

# Everything the released code saves begins with this.
PREFIX = "mllm."
# LayerNorm of a pooled token that the released code computes and throws away.
UNUSED = ("ln_graph_model.weight", "ln_graph_model.bias")

_ENCODER = ("graph_model.molecule_node_model.", "model.graph_encoder.")
_PROJECTOR = ("abstractor.", "model.projector.")
_ATTENTIONS = {"level_attention": "cross_attention.0", "motif_attention": "motif_cross_attention"}
_INPUTS = ("query", "key", "value")
# (theirs, ours) inside the projector; names that end in a dot are beginnings.
_PROJECTOR_NAMES = (
    ("motif_query_tokens", "motif_queries"),
    ("query_tokens", "level_queries"),
    ("motif_weight.", "motif_embedding."),
    ("layer_norm.", "mlp.norm."),
)


@dataclass(frozen=True)
class Place:
    """Where a tensor of ours lies in the released checkpoint.

    Attributes:
        name: the tensor there, without `PREFIX`.
        part: which of its `parts` along dim 0.
        parts: tensors of ours that are joined in it.
        stacked: whether ours has a leading dim of 1 that is not there.
    """

    name: str
    part: int = 0
    parts: int = 1
    stacked: bool = False

    def cut(self, theirs: torch.Tensor) -> torch.Tensor:
        """Our tensor out of theirs (a view)."""
        piece = theirs if self.parts == 1 else theirs.chunk(self.parts)[self.part]
        return piece.unsqueeze(0) if self.stacked else piece


def find_place(name: str, text_prefix: str = "model") -> Place:
    """The place of our tensor `name`.

    Args:
        name: as in the state dict of `LlamoForConditionalGeneration`.
        text_prefix: attribute of the decoder in the causal-LM class (`base_model_prefix`).

    Raises:
        KeyError: the released layout has no place for it.
    """
    if name.startswith("lm_head."):
        return Place(f"language_model.{name}")
    if name.startswith("model.language_model."):
        return Place(f"language_model.{text_prefix}.{name.removeprefix('model.language_model.')}")
    theirs, ours = _ENCODER
    if name.startswith(ours) and (found := moleculestm.translate(name.removeprefix(ours), reverse=True)):
        return Place(theirs + found)
    theirs, ours = _PROJECTOR
    if name.startswith(ours):
        return _find_in_projector(name.removeprefix(ours), theirs)
    raise KeyError(name)


def _find_in_projector(name: str, prefix: str) -> Place:
    for theirs, ours in _PROJECTOR_NAMES:
        if name == ours or (ours.endswith(".") and name.startswith(ours)):
            return Place(prefix + theirs + name.removeprefix(ours))
    if match := re.fullmatch(r"mlp\.layers\.(\d+)\.(weight|bias)", name):
        return Place(f"{prefix}net.{2 * int(match[1])}.{match[2]}")  # activations lie between
    if match := re.fullmatch(r"(level|motif)_attention\.(query|key|value|output)_(weight|bias)", name):
        module = prefix + _ATTENTIONS[f"{match[1]}_attention"]
        if match[2] == "output":
            return Place(f"{module}.out_proj.{match[3]}", stacked=True)
        return Place(f"{module}.in_proj_{match[3]}", _INPUTS.index(match[2]), len(_INPUTS), stacked=True)
    raise KeyError(prefix + name)


def join(places: Mapping[str, Place], weights: Mapping[str, torch.Tensor]) -> Iterable[tuple[str, torch.Tensor]]:
    """Tensors of the released layout from ours, one by one: the table read backwards."""
    by_name: dict[str, list[tuple[int, str]]] = {}
    for ours, place in places.items():
        by_name.setdefault(place.name, []).append((place.part, ours))
    for theirs, parts in by_name.items():
        tensors = [weights[ours].squeeze(0) if places[ours].stacked else weights[ours] for _, ours in sorted(parts)]
        yield theirs, tensors[0] if len(tensors) == 1 else torch.cat(tensors)


def is_text(name: str) -> bool:
    """Whether a tensor of ours belongs to the language model, its head included."""
    return name.startswith(("model.language_model.", "lm_head."))


def text_embedding(names: Iterable[str], beginning: str) -> str | None:
    """The token embedding among `names` that start with `beginning`, whatever its family calls it."""
    endings = ("embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight")
    return next((name for name in names if name.startswith(beginning) and name.endswith(endings)), None)


def is_alias(name: str) -> str | None:
    """The name an alias of the shared attention repeats: `cross_attention.3.*` is `cross_attention.0.*`."""
    match = re.fullmatch(r"abstractor\.cross_attention\.([1-9]\d*)\.(.+)", name)
    return f"abstractor.cross_attention.0.{match[2]}" if match else None


def aliases(name: str, num_levels: int) -> list[str]:
    """The names under which the released code repeats `name`; empty where it does not."""
    head, zero, tail = name.partition("abstractor.cross_attention.0.")
    return [f"abstractor.cross_attention.{level}.{tail}" for level in range(1, num_levels)] if zero and not head else []
