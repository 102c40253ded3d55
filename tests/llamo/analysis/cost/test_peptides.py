"""Molecules of any size."""

import pytest
from rdkit import Chem

from llamo.analysis.cost.peptides import peptide


@pytest.mark.parametrize("atoms", [2, 10, 100, 1000])
def test_a_peptide_has_the_atoms_asked_for(atoms):
    assert atoms <= Chem.MolFromSmiles(peptide(atoms)).GetNumAtoms() < atoms + 11  # phenylalanine has 11
