"""Which molecules are measured and trained on."""

import numpy as np
import pytest

from llamo.analysis.over_smoothing.molecules import measured, training


def test_the_same_molecules_are_measured_again_and_each_once():
    first = measured(12)
    assert [one.name for one in first.named] == [one.name for one in measured(12).named]
    assert len({one.structure for one in first.named}) == 12
    assert min(first.counts) >= 10


def test_bonds_are_each_once_and_within_a_molecule():
    molecules = measured(10)
    owner = np.repeat(np.arange(10), molecules.counts)
    assert (owner[molecules.bonds[0]] == owner[molecules.bonds[1]]).all()
    assert molecules.bonds.shape[1] == len(molecules.batch.edge_index) // 2


def test_the_first_molecules_are_a_part():
    assert measured(12).first(3).named == measured(12).named[:3]


def test_molecules_to_train_on_are_none_that_are_measured():
    molecules = measured(12)
    found = training(30, molecules)
    assert len(found) == 30
    assert not {graph.smiles for graph in found} & {graph.smiles for graph in molecules.graphs}


@pytest.mark.parametrize("number", [0, 9, 100_000])
def test_a_number_of_molecules_that_are_not_there_is_refused(number):
    with pytest.raises(ValueError, match=f"got {number} molecules to measure; give 10 to"):
        measured(number)
