"""Explanations: which atoms and groups an answer was read from, and which it hangs on."""

from llamo.explain.explaining import explain
from llamo.explain.explanation import GRAPH_ALONE, WITH_SMILES, ExplainedMolecule, Explanation

__all__ = ["GRAPH_ALONE", "WITH_SMILES", "ExplainedMolecule", "Explanation", "explain"]
