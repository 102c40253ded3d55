"""Graph projectors: node states of every level -> tokens in the language model's width.

`MultiLevelProjector` is LLaMo's; the rest of the family are the projectors it is compared with.
"""

from configuration import LlamoConfig
from modeling_llamo.projector.atom import AtomProjector
from modeling_llamo.projector.base import GraphProjector
from modeling_llamo.projector.multi_level import MultiLevelProjector
from modeling_llamo.projector.qformer import QFormerProjector
from modeling_llamo.projector.resampler import ResamplerProjector

PROJECTORS: dict[str, type[GraphProjector]] = {
    "multi_level": MultiLevelProjector,
    "mlp": AtomProjector,
    "mlp_concat": AtomProjector,
    "mlp_max": AtomProjector,
    "weighted_sum": AtomProjector,
    "resampler": ResamplerProjector,
    "qformer": QFormerProjector,
}


def build_projector(config: LlamoConfig, text_width: int) -> GraphProjector:
    """The projector that `config.projector_config.projector_type` names.

    Args:
        config: the whole configuration.
        text_width: width of the language model's token embeddings.
    """
    return PROJECTORS[config.projector_config.projector_type](config, text_width)


__all__ = [
    "PROJECTORS",
    "AtomProjector",
    "GraphProjector",
    "MultiLevelProjector",
    "QFormerProjector",
    "ResamplerProjector",
    "build_projector",
]
