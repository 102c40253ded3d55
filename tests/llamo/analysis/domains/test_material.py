"""Material of the domains: made once and kept."""

from pathlib import Path

import pytest

from llamo.analysis.domains import material
from llamo.analysis.domains.material import LEARNED, facts_material
from llamo.compact import tensors
from tests.llamo.analysis.domains.molecules import prepared_folder


def test_parts_are_the_domains_that_are_learned(tmp_path: Path):
    found = facts_material(prepared_folder(tmp_path / "data"), tmp_path / "facts", most=20, asked=3)
    for name in LEARNED:
        assert len(found.material.learned(name)) == found.learned[name]
    assert set(found.asked) == {*LEARNED, "metal", "charged", "large"}


def test_what_is_kept_is_not_made_again(tmp_path: Path, monkeypatch):
    prepared = prepared_folder(tmp_path / "data")
    first = facts_material(prepared, tmp_path / "facts", most=20, asked=3)
    monkeypatch.setattr(material, "divide", None)
    again = facts_material(prepared, tmp_path / "facts", most=20, asked=3)
    assert again.material.digest("all") == first.material.digest("all")
    assert again.blind == first.blind


def test_other_numbers_leave_nothing_of_what_was_there(tmp_path: Path, monkeypatch):
    prepared = prepared_folder(tmp_path / "data")
    monkeypatch.setattr(tensors, "FILE_BYTES", 2000)
    facts_material(prepared, tmp_path / "facts", most=20, asked=3)
    fewer = facts_material(prepared, tmp_path / "facts", most=4, asked=1)
    fresh = facts_material(prepared, tmp_path / "fresh", most=4, asked=1)
    assert fewer.material.digest("all") == fresh.material.digest("all")


def test_a_folder_that_is_not_prepared_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="is not prepared: run"):
        facts_material(tmp_path, tmp_path / "facts", most=4, asked=1)
