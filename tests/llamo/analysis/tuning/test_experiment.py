"""Models measured, and results kept."""

from pathlib import Path

from llamo.analysis.tuning.experiment import Settings, keep, kept_numbers

SETTINGS = Settings(8, 4, (2, 1), "abc")


def test_numbers_of_the_same_settings_are_read_back(tmp_path: Path):
    keep(tmp_path / "a.json", SETTINGS, {"right": 0.5})
    assert kept_numbers(tmp_path / "a.json", SETTINGS) == {"right": 0.5}


def test_numbers_of_other_settings_are_not_taken(tmp_path: Path):
    keep(tmp_path / "a.json", SETTINGS, {"right": 0.5})
    assert kept_numbers(tmp_path / "a.json", Settings(8, 4, (2, 2), "abc")) is None
    assert kept_numbers(tmp_path / "b.json", SETTINGS) is None
