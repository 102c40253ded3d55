"""Kinds of molecules: the rules, from prepared graphs and from SMILES."""

import numpy as np
import pytest

from llamo.analysis.domains.kinds import RULES, by_kind, coarse_kinds, kind_of, spellings
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from tests.llamo.analysis.domains.molecules import MOLECULES, facts, processor
from tests.text import byte_tokenizer

EVERY = [(name, smiles) for name, some in MOLECULES.items() for smiles in some]


@pytest.mark.parametrize(("name", "smiles"), EVERY)
def test_each_rule_takes_its_molecules(name, smiles):
    assert kind_of(smiles) == name


@pytest.mark.parametrize(
    ("smiles", "name"),
    [
        ("CC(=O)[O-].[Na+]", "metal"),
        ("[2H]C", "small"),
        ("[Se-]", "charged"),
        ("C[N+](=O)[O-]", "small"),
        ("C" * 81, ""),
    ],
)
def test_the_first_rule_that_holds_decides(smiles, name):
    assert kind_of(smiles) == name


def test_graphs_tell_the_same_as_smiles():
    rows = facts()
    for row, (name, _) in enumerate(EVERY):
        assert coarse_kinds(rows)[row] == ("middle" if name in ("natural", "synthetic") else name)


def test_rows_of_every_kind_are_found_with_their_smiles():
    rows = facts()
    found = by_kind(rows, np.arange(len(rows)), byte_tokenizer(), most=100)
    assert list(found) == list(RULES)
    assert {name: set(MOLECULES[name]) <= set(some.values()) for name, some in found.items()} == dict.fromkeys(
        RULES, True
    )


def test_no_more_than_asked_for_are_found():
    rows = facts()
    found = by_kind(rows, np.arange(len(rows)), byte_tokenizer(), most=2)
    assert {len(some) for some in found.values()} == {2}


def test_a_row_without_a_molecule_is_of_no_kind():
    rows = encode_rows(
        [Row("facts", None, None, (("Who?", "I"),)), Row("facts", "C", "C", (("A", "B"),))], processor(), None
    )
    assert coarse_kinds(rows).tolist() == ["", "small"]


def test_spellings_are_what_the_prompt_writes():
    assert spellings(facts(), [0, 12], byte_tokenizer()) == [EVERY[0][1], EVERY[12][1]]
