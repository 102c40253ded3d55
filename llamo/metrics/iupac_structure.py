"""Share of IUPAC names that name the right molecule, whatever their wording. Knows OPSIN."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from llamo.metrics.averages import mean, sum_over_rows
from llamo.metrics.opsin import Opsin
from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.structure import canonical_forms, flat_forms, read_molecules, same


class IupacStructureScorer(Scorer):
    """OPSIN reads an answer as a molecule; it should be that of `Pairs.smiles`, or what OPSIN reads in the reference.

    `structure_accuracy`: same canonical SMILES; `structure_accuracy_no_stereo`: without stereo and isotopes. Both are
    over all rows, a name that OPSIN cannot read being wrong; with `_of_readable` behind them they are over the rows
    whose answer it reads. `name_readable`: share of these. `reference_readable`: share of references that OPSIN
    reads, the most that copies of the references would score. A row whose molecule is unknown, since OPSIN cannot
    read its reference and `Pairs.smiles` has none or an unreadable one, is a row of `bad_references` and left out of
    the accuracies.

    Raises:
        ValueError: OPSIN or Java is missing.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset({"bad_reference", "bad_references"})

    def __init__(self):
        self._opsin = Opsin.find()

    @property
    def settings(self) -> dict[str, str]:
        """The version of OPSIN."""
        return {"opsin": self._opsin.version}

    def measure(self, pairs: Pairs) -> Columns:
        """`structure`, `structure_no_stereo`, `readable`, `reference_readable` and `bad_reference`: 1 or 0 each."""
        read = self._opsin.read([*pairs.predictions, *pairs.references])
        given = [read.get(name, "") for name in pairs.predictions]
        named = [read.get(name, "") for name in pairs.references]
        molecules = read_molecules([*given, *named, *(pairs.smiles or ())])
        true = named if pairs.smiles is None else _first_known(pairs.smiles, named, molecules)
        exact = same(canonical_forms(molecules), given, true)
        return {
            "structure": exact,
            "structure_no_stereo": same(flat_forms(molecules), given, true),
            "readable": np.array([text in molecules for text in given], dtype=float),
            "reference_readable": np.array([text in molecules for text in named], dtype=float),
            "bad_reference": np.isnan(exact).astype(float),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """See the class."""
        readable = columns["readable"] == 1
        return {
            "structure_accuracy": mean(columns["structure"]),
            "structure_accuracy_of_readable": mean(columns["structure"][readable]),
            "structure_accuracy_no_stereo": mean(columns["structure_no_stereo"]),
            "structure_accuracy_no_stereo_of_readable": mean(columns["structure_no_stereo"][readable]),
            "name_readable": mean(columns["readable"]),
            "reference_readable": mean(columns["reference_readable"]),
            "bad_references": sum_over_rows(columns["bad_reference"]),
        }


def _first_known(smiles: Sequence[str], named: Sequence[str], molecules: dict) -> list[str]:
    return [one if one in molecules else other for one, other in zip(smiles, named, strict=True)]
