"""Graph features and functional groups against recorded and hand-checked numbers, and clear refusals."""

import csv
import json

import numpy as np
import pytest
from rdkit import Chem
from safetensors.numpy import load_file

from processors import LlamoFeatureExtractor, MoleculeError
from tests.paths import GOLDEN, REPOSITORY

EXTRACTOR = LlamoFeatureExtractor()


@pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"recorded reference numbers are not at {GOLDEN}")
def test_recorded_features_and_motifs_are_reproduced_exactly():
    recorded = load_file(GOLDEN / "molecules.safetensors")
    for molecule in json.loads((GOLDEN / "molecules.json").read_text()):
        graph, name = EXTRACTOR.featurize(molecule["smiles"]), molecule["id"]
        assert np.array_equal(graph.node_ids, recorded[f"{name}.x"]), name
        assert np.array_equal(graph.edge_index.T, recorded[f"{name}.edge_index"]), name
        assert np.array_equal(graph.edge_ids, recorded[f"{name}.edge_attr"]), name
        assert (graph.motif_fallback is not None) == molecule["motif_fallback"], name
        motifs = recorded.get(f"{name}.motif", np.zeros((0, 73), np.uint8))
        assert sorted(map(tuple, graph.motif_features.tolist())) == sorted(map(tuple, motifs.tolist())), name


def test_ethanol_by_hand():
    graph = EXTRACTOR.featurize("CCO")
    assert graph.node_ids.tolist() == [
        [5, 0, 4, 5, 3, 0, 2, 0, 0],
        [5, 0, 4, 5, 2, 0, 2, 0, 0],
        [7, 0, 2, 5, 1, 0, 2, 0, 0],
    ]
    assert graph.edge_index.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert graph.edge_ids.tolist() == [[0, 0, 0]] * 4
    assert len(graph.motif_features) == 2  # C-O, and the plain C-C pair


def test_rewritten_smiles_give_the_same_molecule():
    with open(REPOSITORY / "llamo" / "demo" / "molecules.csv", encoding="utf-8") as file:
        molecules = [row["smiles"] for row in csv.DictReader(file)][::8]
    for smiles in molecules:
        mol = Chem.MolFromSmiles(smiles)
        one = EXTRACTOR.featurize(smiles)
        other = EXTRACTOR.featurize(Chem.MolToSmiles(mol, doRandom=True))
        assert other.smiles == one.smiles
        assert sorted(map(tuple, one.motif_features.tolist())) == sorted(map(tuple, other.motif_features.tolist())), (
            smiles
        )
        columns = [0, 2, 3, 4, 5, 6, 7, 8]  # chirality tags depend on the writing order
        rows = [sorted(map(tuple, graph.node_ids[:, columns].tolist())) for graph in (one, other)]
        assert rows[0] == rows[1], smiles


@pytest.mark.parametrize(
    "smiles",
    [
        "[Na+].[Cl-]",
        "[H][H]",
        "[2H]C",
        "[CH3]",
        "[Fe]",
        "*C",
        "N->[Cu]",
        "F[Pt@SP1](Cl)(Br)I",
        "C1" + "C" * 30 + "C1",
        "C" * 1000,
    ],
)
def test_hard_cases_work(smiles):
    graph = EXTRACTOR.featurize(smiles)
    assert len(graph.node_ids) >= 1
    assert (len(graph.motif_features) == 0) == (graph.motif_fallback is not None)


@pytest.mark.parametrize(
    ("molecule", "reason"),
    [
        ("", "it is empty"),
        ("C1CC", "unclosed ring"),
        ("CN(C)(C)C", "valence"),
        ("CCO ethanol", "text follows"),
        (None, "no molecule"),
        (Chem.Mol(), "no atoms"),
    ],
)
def test_bad_molecules_are_refused_with_row_and_reason(molecule, reason, capfd):
    with pytest.raises(MoleculeError, match=rf"row 1: .*{reason}.*;"):
        EXTRACTOR(["CCO", molecule])
    assert "valence" not in capfd.readouterr().err


def test_saved_options_come_back(tmp_path):
    LlamoFeatureExtractor(max_atoms=7).save_pretrained(tmp_path)
    loaded = LlamoFeatureExtractor.from_pretrained(tmp_path)
    assert loaded.max_atoms == 7
    with pytest.raises(MoleculeError, match="max_atoms is 7"):
        loaded.featurize("CCCCCCCC")
