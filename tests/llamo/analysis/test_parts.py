"""Parts of a long analysis in files."""

import pytest

from llamo.analysis.parts import Parts


def test_a_finished_part_is_not_computed_again(tmp_path):
    calls = []
    for _ in range(2):
        found = Parts(tmp_path / "parts").get("one", {"seed": 0}, lambda: calls.append(1) or {"a": [1, 2.5]})
    assert found == {"a": [1, 2.5]}
    assert calls == [1]


def test_other_settings_compute_it_anew(tmp_path):
    parts = Parts(tmp_path)
    assert parts.get("one", {"steps": (1, 2)}, lambda: 1) == 1
    assert parts.get("one", {"steps": (1, 3)}, lambda: 2) == 2
    assert parts.get("one", {"steps": (1, 3)}, lambda: 3) == 2


def test_a_fresh_part_is_as_one_from_its_file(tmp_path):
    parts = Parts(tmp_path)
    assert parts.get("one", {}, lambda: {"a": (1,), 2: "b"}) == parts.get("one", {}, dict) == {"a": [1], "2": "b"}


def test_a_part_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        Parts(tmp_path / "parts").get("one", {}, lambda: 1 / 0)
    assert not (tmp_path / "parts").exists()


def test_numbers_that_are_none_are_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        Parts(tmp_path).get("one", {}, lambda: float("nan"))
    assert not list(tmp_path.iterdir())
