"""Which RDKit made the features, and what another one changes."""

import logging

import pytest
from rdkit import Chem

from processors import LlamoFeatureExtractor
from processors.rdkit_record import BORDERLINE, PROBES, changed_features, rdkit_record

SULFUR = "CCC(=S=O)N"


@pytest.fixture
def warned(caplog, monkeypatch):
    """Reads molecules with a loaded extractor; what it warned of."""
    monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)

    def read(extractor: LlamoFeatureExtractor, times: int = 1) -> list[str]:
        for _ in range(times):
            extractor.featurize("CCO")
        return [one.message for one in caplog.records if "RDKit" in one.message]

    return read


def test_a_record_names_the_release_and_every_column():
    found = rdkit_record()
    assert set(found) >= {"version", "hybridisation", "conjugation", "bond stereo", "functional groups", "SMILES"}
    assert len(found) == 1 + 1 + 9 + 3 + 1 + 1


def test_probes_can_be_read():
    assert all(Chem.MolFromSmiles(smiles) is not None for smiles in PROBES)
    assert all(Chem.MolFromSmiles(smiles, sanitize=False) is not None for smiles in BORDERLINE)


def test_nothing_changed_against_oneself():
    assert changed_features(rdkit_record()) == []


def test_what_changed_is_named():
    assert changed_features(rdkit_record() | {"version": "1999.01.1", "charge": "other"}) == ["charge"]


def test_a_column_that_only_one_record_has_is_not_compared():
    kept = {name: value for name, value in rdkit_record().items() if name != "radicals"}
    assert changed_features(kept | {"colour": "red"}) == []


def test_other_features_give_another_record(monkeypatch):
    from processors import rdkit_record as module

    before = rdkit_record()
    monkeypatch.setattr(module, "PROBES", tuple(one for one in PROBES if one != SULFUR))
    assert rdkit_record.__wrapped__()["hybridisation"] != before["hybridisation"]


def test_it_is_saved_and_kept(tmp_path):
    LlamoFeatureExtractor().save_pretrained(tmp_path / "first")
    first = LlamoFeatureExtractor.from_pretrained(tmp_path / "first")
    assert first.rdkit == rdkit_record()
    LlamoFeatureExtractor(rdkit=rdkit_record() | {"version": "1999.01.1"}).save_pretrained(tmp_path / "second")
    LlamoFeatureExtractor.from_pretrained(tmp_path / "second").save_pretrained(tmp_path / "third")
    third = LlamoFeatureExtractor.from_pretrained(tmp_path / "third")
    assert third.rdkit is not None and third.rdkit["version"] == "1999.01.1"


def test_another_rdkit_is_warned_of_once(warned):
    kept = rdkit_record() | {"version": "1999.01.1", "conjugation": "other"}
    messages = warned(LlamoFeatureExtractor(rdkit=kept), times=3)
    assert len(messages) == 1
    assert "RDKit 1999.01.1" in messages[0] and "changes: conjugation." in messages[0]


def test_another_release_with_the_same_features_is_no_matter(warned):
    assert warned(LlamoFeatureExtractor(rdkit=rdkit_record() | {"version": "1999.01.1"})) == []


def test_graphs_that_are_no_molecules_have_no_record():
    kind = {"node_vocab_sizes": (3,), "edge_vocab_sizes": (1,)}
    assert "rdkit" not in LlamoFeatureExtractor(graph_kind=kind).to_dict()
