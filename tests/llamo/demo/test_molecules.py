"""The list of molecules and its split."""

import pytest
from rdkit import Chem

from llamo.demo.molecules import NamedMolecule, read_molecules, split_molecules


def test_every_molecule_parses_to_atoms():
    molecules = read_molecules()
    assert len(molecules) > 400
    assert all(molecule.mol is not None and molecule.mol.GetNumAtoms() for molecule in molecules)


def test_names_and_structures_are_unique():
    molecules = read_molecules()
    assert len({molecule.name for molecule in molecules}) == len(molecules)
    assert len({molecule.structure for molecule in molecules}) == len(molecules)


@pytest.mark.parametrize("seed", [0, 1])
def test_no_structure_is_in_both_parts(seed):
    train, held_out = split_molecules(read_molecules(), seed=seed)
    canonical = [{Chem.CanonSmiles(molecule.smiles, useChiral=0) for molecule in part} for part in (train, held_out)]
    assert not canonical[0] & canonical[1]
    assert len(train) + len(held_out) == len(read_molecules())
    assert 0.15 < len(held_out) / len(read_molecules()) < 0.25


def test_other_writings_and_stereo_isomers_stay_on_one_side():
    same = [
        NamedMolecule("a", "OCC"),
        NamedMolecule("b", "CCO"),
        NamedMolecule("c", r"F/C=C/F"),
        NamedMolecule("d", r"F/C=C\F"),
    ]
    for seed in range(5):
        train, held_out = split_molecules(same, seed=seed, held_out_share=0.5)
        assert sorted("".join(molecule.name for molecule in part) for part in (train, held_out)) == ["ab", "cd"]


def test_the_split_depends_on_the_seed_alone():
    molecules = read_molecules()
    assert split_molecules(molecules, seed=3) == split_molecules(list(reversed(molecules)), seed=3)
    assert split_molecules(molecules, seed=3) != split_molecules(molecules, seed=4)
