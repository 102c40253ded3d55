"""Scores and the control of the demo."""

from llamo.demo.answering import exchange, score
from llamo.demo.molecules import NamedMolecule, read_molecules
from llamo.demo.questions import QUESTION_TYPES, Example


def test_the_control_gives_every_molecule_another_one():
    molecules = read_molecules()[:50]
    other = exchange(molecules)
    assert all(other[molecule.smiles] != molecule for molecule in molecules)
    assert {molecule.smiles for molecule in other.values()} == set(other)


def test_accuracy_is_counted_per_kind_against_the_truth():
    kinds, ethane = QUESTION_TYPES[:2], NamedMolecule("ethane", "CC")
    truths = [(kinds[0], "0"), (kinds[1], "1"), (kinds[0], "2"), (kinds[1], "1")]
    examples = [Example(ethane, kind, "?", truth) for kind, truth in truths]
    majority = {kinds[0].key: "2", kinds[1].key: "0"}
    rings, aromatic = score(examples, ["0", "1", "2", "0"], ["7", "1", "7", "1"], majority)
    assert (rings.questions, rings.model, rings.majority, rings.shuffled) == (2, 1.0, 0.5, 0.0)
    assert (aromatic.questions, aromatic.model, aromatic.majority, aromatic.shuffled) == (2, 0.5, 0.0, 1.0)
