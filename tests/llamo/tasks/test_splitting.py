"""Parts depend on structures alone."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.tasks.splitting import part_of, scaffold_key, structure_key
from processors import MoleculeError


def test_the_part_is_by_the_first_eight_bytes_of_the_sha256():
    key = "CCO"
    percentile = int(hashlib.sha256(b"CCO").hexdigest()[:16], 16) % 100
    assert part_of(key) == ("train" if percentile < 80 else "validation" if percentile < 90 else "test")


def test_shares_are_80_10_10():
    parts = [part_of(str(number)) for number in range(20_000)]
    shares = [parts.count(part) / len(parts) for part in ("train", "validation", "test")]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)


@given(st.text())
def test_a_part_is_always_the_same(key):
    assert part_of(key) == part_of(key)


@pytest.mark.parametrize("other", ["C(O)(N)C", "C[C@H](O)N", "C[C@@H](O)N", "[13CH3]C(O)N"])
def test_stereoisomers_and_isotopes_share_a_structure(other):
    assert structure_key(other) == structure_key("CC(O)N")


def test_molecules_with_the_same_rings_share_a_scaffold():
    assert scaffold_key("CCc1ccccc1") == scaffold_key("Oc1ccccc1Cl") == "c1ccccc1"


def test_a_molecule_without_rings_goes_by_its_structure():
    assert scaffold_key("OCC") == structure_key("CCO") != scaffold_key("CCCO")


def test_an_unreadable_molecule_has_no_key():
    with pytest.raises(MoleculeError):
        structure_key("C1CC")
