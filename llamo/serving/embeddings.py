"""Molecules as vectors: graph tokens or encoder levels, averaged. Knows tensors only."""

from typing import Any

import torch

from llamo.serving.errors import RequestError


def check_level(config: Any, level: int | str):
    """Refuses a level that this model does not have.

    Args:
        config: a `LlamoConfig`.
        level: see `embed`.

    Raises:
        RequestError: there is no such level.
    """
    last = config.graph_config.num_levels - 1
    if isinstance(level, int) and level > last:
        raise RequestError(f"level {level}: this model has the levels 0 to {last}, 'motif' and 'tokens'", param="level")
    if level == "motif" and motif_places(config) is None:
        raise RequestError("level 'motif': this model's projector has no motif tokens; choose another", param="level")


def motif_places(config: Any) -> slice | None:
    """Where a molecule's motif tokens are among its graph tokens; None where there are none."""
    projector = config.projector_config
    count = projector.num_motif_query_tokens
    if projector.projector_type != "multi_level" or not count:
        return None
    return slice(None, count) if projector.motif_position == "first" else slice(-count, None)


def embed(model: Any, graphs: dict[str, torch.Tensor], level: int | str) -> list[list[float]]:
    """One vector per molecule.

    Args:
        model: a LLaMo.
        graphs: packed graph tensors of G molecules.
        level: `tokens`, the mean of a molecule's graph tokens behind the projector, in the language model's width;
            `motif`, the mean of those from its functional groups; or l = 0..L, the mean over its atoms of Z(l), in the
            encoder's width (0 is the atom embedding, L the last layer).
    """
    features = model.get_graph_features(**{name: value.to(model.device) for name, value in graphs.items()})
    if isinstance(level, int):
        atoms = features.hidden_states[level].float().split(graphs["graph_node_counts"].tolist())
        return [molecule.mean(0).tolist() for molecule in atoms]
    places = slice(None) if level == "tokens" else motif_places(model.config)
    return [tokens[places].float().mean(0).tolist() for tokens in features.pooler_output]
