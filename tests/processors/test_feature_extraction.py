"""The extractor around the features: forms of input, packing, counting, saving, copying."""

import copy
import pickle
import subprocess
import sys
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from rdkit import Chem

from processors import LlamoFeatureExtractor, MoleculeError

NODES = [[5, 0, 4, 5, 3, 0, 2, 0, 0]] * 2
GRAPH = {"node_ids": NODES, "edge_index": [[0, 1], [1, 0]], "edge_ids": [[0, 0, 0]] * 2}


def data(**attributes) -> SimpleNamespace:
    """What a PyG `Data` looks like to the extractor."""
    fields = {"x": NODES, "edge_index": [[0, 1], [1, 0]], "edge_attr": [[0, 0, 0]] * 2, **attributes}
    return SimpleNamespace(**{n: torch.tensor(v) if isinstance(v, list) else v for n, v in fields.items()})


def equal(one, other) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("node_ids", "edge_index", "edge_ids")
    )


def test_smiles_mol_and_block_give_the_same_graph():
    extractor, mol = LlamoFeatureExtractor(), Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O")
    graphs = [extractor.featurize(form) for form in (Chem.MolToSmiles(mol), mol, Chem.MolToMolBlock(mol))]
    assert equal(graphs[0], graphs[1]) and equal(graphs[0], graphs[2])
    assert extractor.featurize(graphs[0]) is graphs[0]


def test_packed_tensors_are_the_graphs_one_after_the_other():
    extractor = LlamoFeatureExtractor()
    molecules = ["CCO", "C", "[Na+].[Cl-]"]
    packed = extractor(molecules, return_tensors="pt")
    assert list(packed) == extractor.model_input_names
    assert packed["graph_node_counts"].tolist() == [3, 1, 2]
    assert packed["graph_edge_counts"].tolist() == [4, 0, 0]
    assert packed["graph_motif_counts"].tolist() == [2, 0, 2]
    assert packed["graph_edge_index"].tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert packed["graph_motif_features"].shape == (4, 73)
    assert packed["graph_motif_features"].dtype == torch.float32
    assert {packed[name].dtype for name in packed if name != "graph_motif_features"} == {torch.int64}
    rows = torch.cat([extractor(molecule, return_tensors="pt")["graph_node_ids"] for molecule in molecules])
    assert torch.equal(rows, packed["graph_node_ids"])


def test_errors_name_the_row():
    with pytest.raises(MoleculeError, match=r"^row 1: .*'C1CC'"):
        LlamoFeatureExtractor()(["CCO", "C1CC"])
    with pytest.raises(MoleculeError, match="the list is empty"):
        LlamoFeatureExtractor()([])


def test_a_pyg_graph_with_smiles_is_read_from_the_smiles():
    assert equal(LlamoFeatureExtractor().featurize(data(smiles="CCO")), LlamoFeatureExtractor().featurize("CCO"))


@pytest.mark.parametrize("molecule", [GRAPH, data(), {**GRAPH, "smiles": "CC"}], ids=["dict", "data", "with smiles"])
def test_a_ready_made_graph_is_taken_as_it_is(molecule):
    extractor = LlamoFeatureExtractor()
    graph = extractor.featurize(molecule)
    assert equal(graph, extractor.featurize("CC"))
    assert graph.motif_fallback == "ready-made graph without motif rows"
    assert extractor.fallback_counts == {"ready-made graph without motif rows": 1}


@pytest.mark.parametrize("molecule", [{**GRAPH, "motif_features": [[1] * 73]}, data(motif=[[1] * 73])])
def test_ready_made_motif_rows_are_kept(molecule):
    graph = LlamoFeatureExtractor().featurize(molecule)
    assert graph.motif_features.tolist() == [[1] * 73] and graph.motif_fallback is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"node_ids": None}, "node_ids is missing"),
        ({"node_ids": []}, "no atoms"),
        ({"node_ids": [[1], [1, 2]]}, "no table of numbers"),
        ({"node_ids": "abc"}, "no table of numbers"),
        ({"node_ids": [[5.5, 0, 4, 5, 3, 0, 2, 0, 0]] * 2}, "no integers"),
        ({"node_ids": [[float("nan"), 0, 4, 5, 3, 0, 2, 0, 0]] * 2}, "no integers"),
        ({"node_ids": [[5, 0, 4]] * 2}, "9 columns"),
        ({"node_ids": [[5, 4, 4, 5, 3, 0, 2, 0, 0]] * 2}, "column 1 of node_ids must be 0 to 3, got 4"),
        ({"edge_ids": [[0, 6, 0]] * 2}, "column 1 of edge_ids must be 0 to 5"),
        ({"edge_ids": [0] * 6}, "edge_ids must have 3 columns"),
        ({"edge_index": [[0, 2], [1, 0]]}, "beyond the 2"),
        ({"edge_index": [[0, -1], [1, 0]]}, "beyond the 2"),
        ({"edge_index": [[0, 1]]}, "1 edges have 2 feature rows"),
        ({"edge_index": [[0, 1, 0], [1, 0, 1]], "edge_ids": [[0, 0, 0]] * 3}, r"must be \(E, 2\), got \(2, 3\)"),
        ({"motif_features": [[1] * 70]}, "73"),
        ({"motif_features": [[2] * 73]}, "of 0 and 1"),
    ],
)
def test_a_wrong_ready_made_graph_is_refused(change, reason):
    with pytest.raises(MoleculeError, match=f"row 0: .*{reason}"):
        LlamoFeatureExtractor()([{**GRAPH, **change}])


def test_a_transposed_edge_index_of_a_pyg_graph_is_refused():
    with pytest.raises(MoleculeError, match=r"edge_index must be \(2, E\), got \(4, 2\)"):
        LlamoFeatureExtractor().featurize(data(edge_index=[[0, 1], [1, 0]] * 2, edge_attr=[[0, 0, 0]] * 4))


def test_ready_made_graphs_obey_max_atoms():
    with pytest.raises(MoleculeError, match="it has 2 atoms, max_atoms is 1"):
        LlamoFeatureExtractor(max_atoms=1).featurize(GRAPH)


def test_fall_backs_are_counted_and_reported_once_per_reason(monkeypatch):
    said = []
    monkeypatch.setattr("processors.feature_extraction.logger.warning", said.append)
    extractor = LlamoFeatureExtractor()
    extractor(["C", "C.C", "CCO", "N->[Cu]"])
    assert extractor.fallback_counts == {
        "no motif found": 2,
        "a bond is not single, double, triple or aromatic": 1,
    }
    assert len(said) == 2


def test_motifs_that_are_off_are_neither_made_nor_counted():
    extractor = LlamoFeatureExtractor(use_motifs=False)
    assert extractor("CCO")["graph_motif_features"].shape == (0, 73)
    assert extractor.fallback_counts == Counter()


def test_saved_options_come_back_without_the_counts(tmp_path):
    extractor = LlamoFeatureExtractor(max_atoms=7, use_motifs=False, num_chirality_tags=5)
    extractor.fallback_counts["no motif found"] = 3
    extractor.save_pretrained(tmp_path)
    loaded = LlamoFeatureExtractor.from_pretrained(tmp_path)
    assert (loaded.max_atoms, loaded.use_motifs, loaded.fallback_counts) == (7, False, Counter())
    assert loaded.num_chirality_tags == 5
    assert loaded.to_dict() == extractor.to_dict() and "fallback_counts" not in extractor.to_dict()


def test_options_saved_before_there_was_a_number_of_chirality_tags_mean_4(tmp_path):
    options = LlamoFeatureExtractor().to_dict()
    del options["num_chirality_tags"]
    loaded = LlamoFeatureExtractor.from_dict(options)
    assert isinstance(loaded, LlamoFeatureExtractor) and loaded.num_chirality_tags == 4


@pytest.mark.parametrize(("num_chirality_tags", "expected"), [(3, 0), (4, 3), (5, 4)])
def test_the_extractor_gives_the_chirality_of_the_encoders_table(num_chirality_tags, expected):
    extractor = LlamoFeatureExtractor(num_chirality_tags=num_chirality_tags)
    assert extractor("C[Pt@SP1](F)(Cl)Br")["graph_node_ids"][1, 1] == expected


@pytest.mark.parametrize("num_chirality_tags", [3, 4, 5])
def test_ready_made_chirality_must_lie_in_the_encoders_table(num_chirality_tags):
    extractor = LlamoFeatureExtractor(num_chirality_tags=num_chirality_tags)
    for value in (num_chirality_tags - 1, num_chirality_tags):
        graph = {**GRAPH, "node_ids": [[5, value, 4, 5, 3, 0, 2, 0, 0]] * 2}
        if value < num_chirality_tags:
            assert extractor.featurize(graph).node_ids[0, 1] == value
        else:
            with pytest.raises(MoleculeError, match=f"must be 0 to {num_chirality_tags - 1}, got {value}"):
                extractor.featurize(graph)


@pytest.mark.parametrize("number", [0, 2, 6, None, "4"])
def test_numbers_of_chirality_tags_that_no_encoder_has_are_refused(number):
    with pytest.raises(ValueError, match=r"num_chirality_tags must be 3, 4 or 5, got .*atom_vocab_sizes\[1\]"):
        LlamoFeatureExtractor(num_chirality_tags=number)


def test_counting_does_not_change_the_pickle():
    fresh, used = LlamoFeatureExtractor(), LlamoFeatureExtractor()
    used.featurize("C")
    assert pickle.dumps(used) == pickle.dumps(fresh)
    for twin in (pickle.loads(pickle.dumps(used)), copy.deepcopy(used)):
        assert equal(twin.featurize("CCO"), used.featurize("CCO"))


def test_rdkit_is_loaded_at_first_use():
    code = (
        "import sys, processors; assert 'rdkit' not in sys.modules;"
        "processors.LlamoFeatureExtractor().featurize('C'); assert 'rdkit' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"smiles": "CCC"}, "its smiles has 3 atoms, node_ids has 2"),
        ({"smiles": "<graph>"}, "its smiles is no SMILES"),
        ({"smiles": "CC </s>"}, "its smiles is no SMILES"),
        ({"smiles": 5}, "its smiles is no SMILES"),
        ({"node_ids": -1}, "node_ids must have 9 columns"),
        ({"node_ids": [[10**40] * 9] * 2}, "node_ids is no table of numbers"),
    ],
)
def test_a_mapping_that_is_no_graph_is_refused(change, reason):
    with pytest.raises(MoleculeError, match=f"row 2: cannot read molecule a dict: {reason}"):
        LlamoFeatureExtractor().featurize({**GRAPH, **change}, row=2)


@pytest.mark.parametrize("index", [[[0, 1]], 7, [[0, 1], [1]]])
def test_an_edge_index_of_lists_is_checked_as_well(index):
    graph = SimpleNamespace(x=NODES, edge_index=index, edge_attr=[[0, 0, 0]] * 2)
    with pytest.raises(MoleculeError, match="edge_index"):
        LlamoFeatureExtractor().featurize(graph)


def test_what_only_the_features_refuse_is_named_as_it_was_given():
    with pytest.raises(MoleculeError, match=r"row 2: cannot read molecule 'C\[CH\+15\]=O': atom 1") as caught:
        LlamoFeatureExtractor().featurize("C[CH+15]=O", row=2)
    assert caught.value.value == "C[CH+15]=O"
