"""What a finding refuses."""

import pytest

from llamo.analysis.finding import Finding, Table


def test_a_row_has_as_many_cells_as_the_header():
    with pytest.raises(ValueError, match="1 cells, its header 2"):
        Table(("a", "b"), (("1",),))


def test_a_verdict_is_one_of_four():
    with pytest.raises(ValueError, match="got 'proves'"):
        Finding("x", "X", "", "proves", "", "")  # type: ignore[arg-type]


def test_a_name_can_stand_in_a_file_name():
    with pytest.raises(ValueError, match=r"got .\.\./x."):
        Finding("../x", "X", "", "supports", "", "")
