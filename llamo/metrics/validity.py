"""Share of answers that are molecules."""

import numpy as np

from llamo.metrics.averages import mean, sum_over_rows
from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.structure import read_molecules


class ValidityScorer(Scorer):
    """`validity`: share of all rows whose answer RDKit reads; `valid_rows`: their number. References are not looked at.

    An empty answer is not valid here; in the code of MolT5 and Mol-Instructions it is, since RDKit makes a molecule
    without atoms of it.
    """

    def measure(self, pairs: Pairs) -> Columns:
        """`valid`: 1 or 0."""
        molecules = read_molecules(pairs.predictions)
        return {"valid": np.array([text in molecules for text in pairs.predictions], dtype=float)}

    def summarise(self, columns: Columns) -> dict[str, float]:
        """See the class."""
        return {"validity": mean(columns["valid"]), "valid_rows": sum_over_rows(columns["valid"])}
