"""Fresh weights of the projectors. transformers' init functions leave tensors alone that a checkpoint has filled."""

from torch import nn
from transformers import initialization as init

from modeling_llamo.projector.atom import AtomProjector
from modeling_llamo.projector.attention import QueryAttention
from modeling_llamo.projector.base import TokenMLP
from modeling_llamo.projector.multi_level import MultiLevelProjector
from modeling_llamo.projector.qformer import QFormerProjector
from modeling_llamo.projector.resampler import ResamplerBlock, ResamplerProjector

# Standard deviation of learned queries, as in BERT-like query transformers.
QUERY_STD = 0.02


def init_projector_module(module: nn.Module) -> bool:
    """Initialises what this module itself owns; True when nothing generic is left to do for it."""
    if isinstance(module, QueryAttention):
        _init_attention(module)
    elif isinstance(module, MultiLevelProjector):
        init.normal_(module.level_queries, std=QUERY_STD)
        if module.num_motif_queries:
            init.normal_(module.motif_queries, std=QUERY_STD)
            init.xavier_uniform_(module.motif_embedding.weight)
    elif isinstance(module, ResamplerProjector | QFormerProjector):
        init.normal_(module.queries, std=QUERY_STD)
        if isinstance(module, QFormerProjector):
            _init_linear(module.output)
    elif isinstance(module, AtomProjector):
        if module.projector_type == "weighted_sum":
            init.zeros_(module.level_weights)
    elif isinstance(module, TokenMLP | ResamplerBlock):
        for child in module.modules():
            if isinstance(child, nn.Linear):
                _init_linear(child)
    else:
        return False
    return True


def _init_attention(module: QueryAttention):
    bound = (3 / module.width) ** 0.5  # Xavier for each square matrix of the stack
    for name in ("query", "key", "value", "output"):
        init.uniform_(getattr(module, f"{name}_weight"), -bound, bound)
        init.zeros_(getattr(module, f"{name}_bias"))


def _init_linear(layer: nn.Linear):
    # Width-preserving through the depth of the MLP: PyTorch's default shrinks signals by a third per SiLU layer.
    init.xavier_uniform_(layer.weight)
    init.zeros_(layer.bias)
