"""Molecules (SMILES, mol blocks, RDKit `Mol`) through the feature extractor, against RDKit asked directly."""

from random import Random
from typing import Any

import numpy as np

from processors import LlamoFeatureExtractor, MoleculeError
from processors.vocabulary import ATOM_VOCAB_SIZES, BOND_VOCAB_SIZES
from tests.fuzz.blocks import block_of, mutate_block, own_mol
from tests.fuzz.laws import hold, refusal
from tests.fuzz.smiles import mutate
from tests.processors.reference_features import edge_rows, node_rows

# The slow second implementation of the features reads one molecule in so many, up to so many atoms.
_COMPARED, _COMPARED_ATOMS = 5, 120


class MoleculeTarget:
    """See the module."""

    name = "molecules"

    def __init__(self, seeds: tuple[str, ...], extractor: Any = None):
        self.seeds, self.extractor = seeds, extractor or LlamoFeatureExtractor()

    def make(self, random: Random) -> Any:
        """A text, or an RDKit molecule."""
        kind = random.random()
        if kind < 0.18 and (block := block_of(random.choice(self.seeds), random)):
            return mutate_block(block, random)
        if kind < 0.26 and (mol := own_mol(random.choice(self.seeds), random)) is not None:
            return mol
        return mutate(random, self.seeds)

    def check(self, made: Any, random: Random) -> str:
        """Reads it; what is accepted is the molecule that RDKit reads."""
        try:
            graph = self.extractor.featurize(made, row=7)
        except MoleculeError as error:
            hold(str(error).startswith("row 7: "), "the refusal names the row")
            return refusal(error, kind=error.reason.split("'")[0][:50])
        _check_ranges(graph)
        mol = _read(made)
        hold(mol is not None, "RDKit refuses what was accepted")
        _check_same(graph, mol, compare=random.randrange(_COMPARED) == 0)
        if isinstance(made, str) and "\n" not in made:
            hold(made.strip().isascii() and made.strip().isprintable(), "a SMILES has printable letters only")
        return "accepted: molecule"


def _check_ranges(graph: Any):
    for ids, sizes in ((graph.node_ids, ATOM_VOCAB_SIZES), (graph.edge_ids, BOND_VOCAB_SIZES)):
        hold(ids.dtype == np.int64 and ids.shape[1:] == (len(sizes),), "features have their columns")
        hold(bool((ids >= 0).all() and (ids < np.array(sizes)).all()), "features have an embedding")
    hold(set(np.unique(graph.motif_features).tolist()) <= {0, 1}, "motif rows are marks")
    hold((graph.motif_fallback is None) == bool(len(graph.motif_features)), "motifs, or a reason why there are none")


def _read(made: Any) -> Any:
    """RDKit's own reading, by none of our code."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        if not isinstance(made, str):
            mol, is_raw = Chem.Mol(made), made.NeedsUpdatePropertyCache()
            Chem.SanitizeMol(mol)
            if is_raw:
                Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
            return mol
        return Chem.MolFromMolBlock(made) if "\n" in made.strip() else Chem.MolFromSmiles(made.strip())


def _check_same(graph: Any, mol: Any, *, compare: bool):
    from rdkit import Chem

    hold(graph.smiles == Chem.MolToSmiles(mol), "the graph is that of the molecule given: canonical SMILES")
    hold(len(graph.node_ids) == mol.GetNumAtoms() > 0, "a node per atom")
    hold(len(graph.edge_ids) == len(graph.edge_index) == 2 * mol.GetNumBonds(), "two edges per bond")
    if compare and mol.GetNumAtoms() <= _COMPARED_ATOMS:
        index, edges = edge_rows(mol)
        hold(graph.node_ids.tolist() == node_rows(mol), "atom features are those of the slow implementation")
        hold(graph.edge_index.tolist() == index and graph.edge_ids.tolist() == edges, "bond features are as well")
