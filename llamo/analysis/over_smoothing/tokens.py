"""What the graph tokens of a multi-level projector read, and how alike those of two levels are. Gives plain numbers.

Shapes: G molecules, K graph tokens, N atoms of a molecule, H heads, d text width; a part is the tokens of one level, or
those of the functional groups, the last.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from llamo.analysis.over_smoothing.molecules import Molecules, on
from modeling_llamo.projector.base import GraphAttention


def parts_of(model: Any) -> list[str]:
    """The name of the part that each of the K graph tokens belongs to: its level, or "groups".

    Raises:
        ValueError: the projector is not a multi-level one.
    """
    projector, levels = model.config.projector_config, model.config.graph_config.num_levels
    if projector.projector_type != "multi_level":
        raise ValueError(
            f"only a multi_level projector has tokens of each level, this model's is {projector.projector_type}; "
            "give another model"
        )
    of_levels = [str(level) for level in range(levels) for _ in range(projector.num_query_tokens)]
    groups = ["groups"] * projector.num_motif_query_tokens
    return groups + of_levels if projector.motif_position == "first" else of_levels + groups


@torch.inference_mode()
def encode(model: Any, molecules: Molecules) -> tuple[torch.Tensor, list[GraphAttention]]:
    """Graph tokens of the molecules, (G, K, d), and what they read."""
    graphs = on(molecules.batch, model.device)
    levels = model.model.graph_encoder.encode(graphs).hidden_states
    projector = model.model.projector
    return projector(levels, graphs), projector.attention(levels, graphs)


def reading(attention: Sequence[GraphAttention], parts: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """How the tokens of each part spread over what they read, mean over tokens and heads, by molecule.

    `entropy`: of the attention, by that of an even one, 1 where all atoms are read alike; `most`: share on the atom
    that is read most; `even`: that share if all were read alike. Molecules without functional groups do not count
    where groups are read.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for part in dict.fromkeys(parts):
        tokens = [place for place, name in enumerate(parts) if name == part]
        weights = [(one.motifs if part == "groups" else one.atoms)[tokens].double().cpu().numpy() for one in attention]
        found[part] = _spread([one for one in weights if one.shape[-1] > 1])
    return found


def _spread(weights: Sequence[np.ndarray]) -> dict[str, list[float]]:
    return {
        "entropy": [float(-(one * np.log(one.clip(1e-12))).sum(-1).mean() / np.log(one.shape[-1])) for one in weights],
        "most": [float(one.max(-1).mean()) for one in weights],
        "even": [1 / one.shape[-1] for one in weights],
    }


def likeness(tokens: torch.Tensor, parts: Sequence[str]) -> dict[str, list[float]]:
    """How alike two parts' tokens order the molecules: a row per part of `alignment` with every part."""
    rows = tokens.double().cpu().numpy()
    flat = {
        part: rows[:, [place for place, name in enumerate(parts) if name == part]].reshape(len(rows), -1)
        for part in dict.fromkeys(parts)
    }
    return {one: [alignment(flat[one], flat[other]) for other in flat] for one in flat}


def alignment(first: np.ndarray, second: np.ndarray) -> float:
    """Linear centred kernel alignment (arXiv 1905.00414) with the unbiased estimate of HSIC: (G, .), (G, .) -> number.

    1 where both are the same but for rotation and scale, 0 on average where they have nothing to do with each other,
    however wide they are.

    Raises:
        ValueError: less than four molecules.
    """
    if len(first) < 4:
        raise ValueError(f"alignment needs at least 4 molecules, got {len(first)}")
    kernels = [one @ one.T for one in (first, second)]
    for kernel in kernels:
        np.fill_diagonal(kernel, 0)
    one, other = kernels
    return float(_hsic(one, other) / np.sqrt(_hsic(one, one) * _hsic(other, other)))


def _hsic(one: np.ndarray, other: np.ndarray) -> float:
    """Unbiased estimate for kernels with empty diagonals (Song et al., 2012)."""
    number = len(one)
    whole = one.sum() * other.sum() / ((number - 1) * (number - 2))
    mixed = 2 * (one.sum(0) @ other.sum(0)) / (number - 2)
    return ((one * other).sum() + whole - mixed) / (number * (number - 3))


def without(tokens: torch.Tensor, parts: Sequence[str], gone: Mapping[str, bool]) -> torch.Tensor:
    """Tokens in which those of some parts say nothing: they are the mean over the molecules."""
    mask = torch.tensor([gone.get(part, False) for part in parts], device=tokens.device)
    return torch.where(mask[None, :, None], tokens.mean(0, keepdim=True), tokens)
