"""Answers checked by hand, and the baseline."""

import pytest
from rdkit import Chem

from llamo.demo.molecules import NamedMolecule
from llamo.demo.questions import QUESTION_TYPES, Example, ask, majority_answers

COUNTS = ("rings", "aromatic rings", "carbon atoms", "nitrogen atoms", "oxygen atoms", "heavy atoms", "H-bond donors")
GROUPS = (
    "C=C double bond",
    "hydroxyl group",
    "carboxylic acid",
    "ester",
    "carbonyl group",
    "halogen",
    "amide",
    "amine",
    "aromatic ring",
)

# Counts in the order of COUNTS, then the groups that are there.
BY_HAND = {
    "CCO": ((0, 0, 2, 0, 1, 3, 1), {"hydroxyl group"}),
    "c1ccc2ccccc2c1": ((2, 2, 10, 0, 0, 10, 0), {"aromatic ring"}),
    "CC(=O)Oc1ccccc1C(=O)O": (
        (1, 1, 9, 0, 4, 13, 1),
        {"carboxylic acid", "ester", "carbonyl group", "aromatic ring"},
    ),
    "C=CC(N)=O": ((0, 0, 3, 1, 1, 5, 1), {"C=C double bond", "carbonyl group", "amide"}),
    "NCC(=O)O": ((0, 0, 2, 1, 2, 5, 2), {"carboxylic acid", "carbonyl group", "amine"}),
    "CC(=O)OC(C)=O": ((0, 0, 4, 0, 3, 7, 0), {"carbonyl group"}),
    "COC(=O)OC": ((0, 0, 3, 0, 3, 6, 0), {"carbonyl group"}),
    "c1ccncc1": ((1, 1, 5, 1, 0, 6, 0), {"aromatic ring"}),
    "O=[N+]([O-])c1ccc(O)cc1": ((1, 1, 6, 1, 3, 10, 1), {"hydroxyl group", "aromatic ring"}),
    "NC(N)=O": ((0, 0, 1, 2, 1, 4, 2), {"carbonyl group"}),
    "ClCCBr": ((0, 0, 2, 0, 0, 4, 0), {"halogen"}),
    "COC=O": ((0, 0, 2, 0, 2, 4, 0), {"ester", "carbonyl group"}),
}


def _answer(key: str, smiles: str) -> str:
    kind = next(kind for kind in QUESTION_TYPES if kind.key == key)
    return kind.answer(Chem.MolFromSmiles(smiles))


@pytest.mark.parametrize("smiles", BY_HAND)
def test_counts_are_those_counted_by_hand(smiles):
    assert tuple(int(_answer(key, smiles)) for key in COUNTS) == BY_HAND[smiles][0]


@pytest.mark.parametrize("smiles", BY_HAND)
def test_groups_are_those_found_by_hand(smiles):
    assert {key for key in GROUPS if _answer(key, smiles) == "yes"} == BY_HAND[smiles][1]


def test_acceptors_of_simple_molecules():
    assert [_answer("H-bond acceptors", smiles) for smiles in ("CC", "CCOCC", "COCCOC")] == ["0", "1", "2"]


def test_charge_and_formula():
    assert [_answer("net charge", smiles) for smiles in ("CCO", "CC(=O)[O-]", "[NH4+]", "[Na+].[Cl-]")] == [
        "0",
        "-1",
        "1",
        "0",
    ]
    assert [_answer("formula", smiles) for smiles in ("CCO", "c1ccccc1Cl")] == ["C2H6O", "C6H5Cl"]


def test_all_kinds_of_question_are_covered_here():
    assert {kind.key for kind in QUESTION_TYPES} == {*COUNTS, *GROUPS, "H-bond acceptors", "net charge", "formula"}


def test_every_question_is_asked_of_every_molecule():
    molecules = [NamedMolecule("ethanol", "CCO"), NamedMolecule("benzene", "c1ccccc1")]
    examples = ask(molecules)
    assert [(example.molecule, example.kind) for example in examples] == [
        (molecule, kind) for molecule in molecules for kind in QUESTION_TYPES
    ]


def test_no_question_names_the_molecule():
    molecule = NamedMolecule("unmistakable", "CCO")
    assert not any("CCO" in example.question or "unmistakable" in example.question for example in ask([molecule]))


def test_the_majority_is_counted_per_kind():
    rings, carbons = QUESTION_TYPES[0], QUESTION_TYPES[2]
    ethane = NamedMolecule("ethane", "CC")
    lessons = [
        Example(ethane, kind, "?", truth) for kind, truth in [(rings, "1"), (rings, "0"), (rings, "1"), (carbons, "2")]
    ]
    assert majority_answers(lessons) == {"rings": "1", "carbon atoms": "2"}
