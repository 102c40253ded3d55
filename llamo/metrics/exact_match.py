"""Share of SMILES answers that are the right molecule: over all rows, over valid ones, and as published code counts."""

from typing import ClassVar

import numpy as np

from llamo.metrics.averages import mean, sum_over_rows
from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.structure import canonical_forms, flat_forms, inchis, read_molecules, same


class ExactMatchScorer(Scorer):
    """Exact match, in the ways it has been reported.

    `exact`: same canonical SMILES, so fragments may stand in any order. `exact_no_stereo`: the same without stereo
    and isotopes. Both are over all rows, an answer that is no molecule being wrong. With `_of_valid` behind them they
    are over the rows whose answer is a molecule; LLaMo's released code counts so, without stereo. `exact_string`:
    same text, as in the first code of MolT5. `exact_inchi`: same standard InChI, as in the later code of MolT5 and in
    Mol-Instructions; many tautomers are one in it.

    `bad_references` counts rows whose reference is no molecule. They are left out of the first four, and wrong in
    `exact_inchi`, as they are in that code.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset({"bad_reference", "bad_references"})

    def measure(self, pairs: Pairs) -> Columns:
        """`exact`, `exact_no_stereo`, `exact_string`, `exact_inchi`, `valid` and `bad_reference`: 1 or 0 each."""
        given, true = pairs.predictions, pairs.references
        molecules = read_molecules([*given, *true])
        exact = same(canonical_forms(molecules), given, true)
        texts = zip(given, true, strict=True)
        return {
            "exact": exact,
            "exact_no_stereo": same(flat_forms(molecules), given, true),
            "exact_string": np.array([one == other for one, other in texts], dtype=float),
            "exact_inchi": np.nan_to_num(same(inchis(molecules), given, true)),
            "valid": np.array([text in molecules for text in given], dtype=float),
            "bad_reference": np.isnan(exact).astype(float),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """See the class."""
        valid = columns["valid"] == 1
        return {
            "exact": mean(columns["exact"]),
            "exact_of_valid": mean(columns["exact"][valid]),
            "exact_no_stereo": mean(columns["exact_no_stereo"]),
            "exact_no_stereo_of_valid": mean(columns["exact_no_stereo"][valid]),
            "exact_string": mean(columns["exact_string"]),
            "exact_inchi": mean(columns["exact_inchi"]),
            "bad_references": sum_over_rows(columns["bad_reference"]),
        }
