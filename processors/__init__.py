"""SMILES -> graph tensors, prompt -> tokens, batches. Knows RDKit and tokenizers, no model."""

from processors.collator import LlamoDataCollator
from processors.feature_extraction import LlamoFeatureExtractor
from processors.graph import MoleculeGraph
from processors.graph_kind import GraphKind
from processors.molecule import MoleculeError
from processors.own_graph import GraphError
from processors.packing import LlamoPackingCollator
from processors.processing import LlamoProcessor

__all__ = [
    "GraphError",
    "GraphKind",
    "LlamoDataCollator",
    "LlamoFeatureExtractor",
    "LlamoPackingCollator",
    "LlamoProcessor",
    "MoleculeError",
    "MoleculeGraph",
]
