"""Halves of scaffolds."""

from llamo.analysis.domains.scaffolds import HALVES, halves
from llamo.tasks.splitting import scaffold_key
from tests.llamo.analysis.domains.molecules import RINGS


def test_no_scaffold_is_in_both_halves():
    found = halves(RINGS)
    keys = [{scaffold_key(smiles) for smiles in (*found[name].learned, *found[name].asked)} for name in HALVES]
    assert not keys[0] & keys[1]
    assert all(keys)


def test_what_is_asked_about_has_a_learned_scaffold_but_is_not_learned():
    for half in halves(RINGS).values():
        assert {scaffold_key(smiles) for smiles in half.asked} <= {scaffold_key(smiles) for smiles in half.learned}
        assert not set(half.asked) & set(half.learned)


def test_scaffolds_of_few_structures_are_left_out():
    stereo = ["C[C@H](O)c1ccco1", "C[C@@H](O)c1ccco1", "Cc1ccco1"]
    assert all(not half.learned and not half.asked for half in halves(stereo).values())
