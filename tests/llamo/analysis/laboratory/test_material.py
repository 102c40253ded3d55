"""Material out of a prepared folder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llamo.analysis.laboratory.material import prepared
from tests.llamo.analysis.laboratory import small


def test_a_prepared_folder_gives_rows_to_learn_and_to_ask(tmp_path: Path):
    found = prepared(small.prepared_folder(tmp_path), facts=3, captions=2, molecules=2)
    kinds = [found.train.names[kind] for kind in found.train.kinds]
    assert (kinds.count("talk"), kinds.count("facts")) == (4, 3)
    assert {name: len(rows) for name, rows in found.tests.items()} == {"captions": 2, "facts": 4}


def test_large_molecules_are_left_out(tmp_path: Path):
    found = prepared(small.prepared_folder(tmp_path), most_atoms=7)
    assert len(found.train) == 2 * 3 and len(found.tests["captions"]) == 3


def test_a_folder_that_is_not_prepared_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="not prepared: give the folder of the data files"):
        prepared(tmp_path)


def test_a_part_is_its_mask():
    material = replace(small.material(), parts={"first": np.arange(8) < 3})
    assert len(material.learned("first")) == 3
    assert material.digest("first") != material.digest("all")


def test_unknown_and_empty_parts_are_refused():
    material = replace(small.material(), parts={"none": np.zeros(8, bool)})
    with pytest.raises(ValueError, match="no part 'lipids'; there are: all, none"):
        material.learned("lipids")
    with pytest.raises(ValueError, match="has no row"):
        material.learned("none")
