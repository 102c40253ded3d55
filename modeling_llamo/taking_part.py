"""What a batch without molecules does in training: the graph side gets a gradient of zero, so nobody misses one."""

from typing import TYPE_CHECKING

import torch

from modeling_llamo.batch_norm import uncounted

if TYPE_CHECKING:
    from modeling_llamo.model import LlamoModel


def must_take_part(model: "LlamoModel") -> bool:
    """Whether the graph side trains: its gradient may be all that trains, and other processes may wait for it."""
    if not (model.training and torch.is_grad_enabled()):
        return False
    sides = (model.graph_encoder, model.projector)
    return any(parameter.requires_grad for side in sides for parameter in side.parameters())


def take_part(model: "LlamoModel", embeddings: torch.Tensor) -> torch.Tensor:
    """The embeddings (B, T, d), unchanged, with a gradient of zero for encoder and projector.

    One atom goes through both: BatchNorm statistics leave it out, and what other processes of a distributed run wait
    for, statistics and gradients, is exchanged.
    """
    config, device = model.config, embeddings.device
    zeros = {
        "graph_node_ids": (1, len(config.graph_config.atom_vocab_sizes)),
        "graph_edge_index": (0, 2),
        "graph_edge_ids": (0, len(config.graph_config.bond_vocab_sizes)),
        "graph_edge_counts": (1,),
        "graph_motif_counts": (1,),
    }
    atom = {name: torch.zeros(shape, dtype=torch.long, device=device) for name, shape in zeros.items()}
    atom["graph_node_counts"] = torch.ones(1, dtype=torch.long, device=device)
    atom["graph_motif_features"] = torch.zeros(0, config.projector_config.motif_vocab_size, device=device)
    for name, rows in (("node", 1), ("edge", 0)):
        if width := getattr(config.graph_config, f"num_{name}_features"):
            atom[f"graph_{name}_features"] = torch.zeros(rows, width, device=device)
    with uncounted(model):
        tokens = model.get_graph_features(**atom).pooler_output
    assert tokens is not None
    nothing = torch.cat([graph.reshape(-1) for graph in tokens]).sum() * 0.0
    return embeddings + nothing.to(embeddings.dtype)
