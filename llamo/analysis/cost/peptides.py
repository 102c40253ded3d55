"""Molecules of any size: peptides of glycine, phenylalanine and serine in turn. Knows RDKit, no model."""

import itertools

from rdkit import Chem

RESIDUES = ("NCC(=O)", "N[C@@H](Cc1ccccc1)C(=O)", "N[C@@H](CO)C(=O)")


def peptide(atoms: int) -> str:
    """SMILES of the shortest peptide that has at least so many heavy atoms."""
    smiles, size, residues = "", 1, itertools.cycle(RESIDUES)
    while size < atoms:
        residue = next(residues)
        smiles, size = smiles + residue, size + Chem.MolFromSmiles(residue).GetNumAtoms()
    return smiles + "O"
