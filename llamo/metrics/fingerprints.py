"""How alike a SMILES answer and its reference are: Tanimoto similarity of three fingerprints. Knows RDKit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from llamo.metrics.averages import mean, sum_over_rows
from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.structure import read_molecules
from processors.molecule import muted_rdkit

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdkit.Chem import Mol

_KINDS = ("maccs", "rdk", "morgan")


@dataclass(frozen=True, kw_only=True)
class FingerprintScorer(Scorer):
    """`maccs_similarity`, `rdk_similarity`, `morgan_similarity`: means over rows where both are molecules.

    As in the code of MolT5 and Mol-Instructions: MACCS keys, RDKit's path fingerprint (2,048 bits), and Morgan counts
    that are not folded, with sum(min) / sum(max) for Tanimoto. `compared_rows`: number of those rows, without which
    the means say little, since a model that answers only what is easy looks good. `bad_references`: rows whose
    reference is no molecule. A molecule without bonds has no paths, so its `rdk` similarity is 0, even with itself.

    Attributes:
        radius: of the Morgan fingerprint, in bonds.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset({"bad_reference", "bad_references"})

    radius: int = 2

    def __post_init__(self):
        if isinstance(self.radius, bool) or not isinstance(self.radius, int) or self.radius < 0:
            raise ValueError(f"radius of the Morgan fingerprint: got {self.radius!r}; give a number of bonds such as 2")

    @property
    def settings(self) -> dict[str, str]:
        """The Morgan fingerprint's."""
        return {"morgan": f"counts, not folded, radius {self.radius}"}

    def measure(self, pairs: Pairs) -> Columns:
        """`maccs`, `rdk` and `morgan`: similarities, NaN where one of both is no molecule; `bad_reference`: 1 or 0."""
        molecules = read_molecules([*pairs.predictions, *pairs.references])
        columns = {kind: _similarities(pairs, molecules, self._fingerprint(kind)) for kind in _KINDS}
        bad = np.array([text not in molecules for text in pairs.references], dtype=float)
        return {**columns, "bad_reference": bad}

    def summarise(self, columns: Columns) -> dict[str, float]:
        """See the class."""
        return {
            **{f"{kind}_similarity": mean(columns[kind]) for kind in _KINDS},
            "compared_rows": float(np.count_nonzero(~np.isnan(columns["morgan"]))),
            "bad_references": sum_over_rows(columns["bad_reference"]),
        }

    def _fingerprint(self, kind: str) -> "Callable[[Mol], Any]":
        from rdkit import Chem
        from rdkit.Chem import MACCSkeys, rdFingerprintGenerator

        if kind == "maccs":
            return MACCSkeys.GenMACCSKeys  # pyright: ignore[reportAttributeAccessIssue]
        if kind == "rdk":
            return Chem.RDKFingerprint
        return rdFingerprintGenerator.GetMorganGenerator(radius=self.radius).GetSparseCountFingerprint


def _similarities(pairs: Pairs, molecules: "dict[str, Mol]", fingerprint: "Callable[[Mol], Any]") -> np.ndarray:
    with muted_rdkit():
        prints = {text: fingerprint(mol) for text, mol in molecules.items()}
    return np.array(
        [
            _tanimoto(prints[given], prints[true]) if given in prints and true in prints else np.nan
            for given, true in zip(pairs.predictions, pairs.references, strict=True)
        ]
    )


def _tanimoto(one: Any, other: Any) -> float:
    """RDKit's, and 0 for two fingerprints without a bit, which some of its releases call equal."""
    from rdkit import DataStructs

    is_empty = isinstance(one, DataStructs.ExplicitBitVect) and not one.GetNumOnBits()
    return 0.0 if is_empty else DataStructs.TanimotoSimilarity(one, other)
