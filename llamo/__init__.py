"""LLaMo, the molecule assistant, as a HuggingFace model.

Importing this is cheap: torch, transformers and RDKit load when a name is first used. The Auto classes of transformers
know LLaMo from here on.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from llamo.registration import install
from llamo.shadowing import refuse_shadowed_packages

if TYPE_CHECKING:
    from configuration import LlamoConfig, LlamoGraphConfig, LlamoProjectorConfig
    from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder, LlamoModel, LlamoPreTrainedModel
    from processors import (
        GraphError,
        GraphKind,
        LlamoDataCollator,
        LlamoFeatureExtractor,
        LlamoPackingCollator,
        LlamoProcessor,
        MoleculeError,
        MoleculeGraph,
    )

__version__ = "0.1.0"

_HOMES = {
    "LlamoConfig": "configuration",
    "LlamoGraphConfig": "configuration",
    "LlamoProjectorConfig": "configuration",
    "LlamoForConditionalGeneration": "modeling_llamo",
    "LlamoGraphEncoder": "modeling_llamo",
    "LlamoModel": "modeling_llamo",
    "LlamoPreTrainedModel": "modeling_llamo",
    "GraphError": "processors",
    "GraphKind": "processors",
    "LlamoDataCollator": "processors",
    "LlamoFeatureExtractor": "processors",
    "LlamoPackingCollator": "processors",
    "LlamoProcessor": "processors",
    "MoleculeError": "processors",
    "MoleculeGraph": "processors",
}

__all__ = [
    "GraphError",
    "GraphKind",
    "LlamoConfig",
    "LlamoDataCollator",
    "LlamoFeatureExtractor",
    "LlamoForConditionalGeneration",
    "LlamoGraphConfig",
    "LlamoGraphEncoder",
    "LlamoModel",
    "LlamoPackingCollator",
    "LlamoPreTrainedModel",
    "LlamoProcessor",
    "LlamoProjectorConfig",
    "MoleculeError",
    "MoleculeGraph",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'llamo' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


refuse_shadowed_packages()
install()
