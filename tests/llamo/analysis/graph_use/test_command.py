"""What the command refuses."""

from pathlib import Path

import pytest

from llamo.analysis.graph_use.command import run


def test_one_molecule_has_no_other(tmp_path: Path):
    with pytest.raises(ValueError, match="molecules must be at least 2"):
        run(tmp_path, data=tmp_path, prepared=tmp_path, molecules=1)


def test_a_negative_number_of_seeds_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="seeds must be 0"):
        run(tmp_path, data=tmp_path, prepared=tmp_path, seeds=-1)
