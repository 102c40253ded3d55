"""Canonical structures of rows."""

import pytest

from llamo.data import open_rows
from llamo.data.structures import bad_rows_of, canonical, structures_of
from processors.molecule import flat_structure, parse
from tests.llamo.data.files import BAD, GOOD, row


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C[C@H](N)O", "C[C@@H](N)O"),
        ("C/C=C/C", "C/C=C\\C"),
        ("[2H]C(Cl)Br", "ClCBr"),
        ("[H]/N=C/C", "N=CC"),
        ("[13CH4]", "C"),
    ],
)
def test_stereo_and_isotopes_do_not_count_in_flat_structures(one, other):
    assert flat_structure(parse(one)) == flat_structure(parse(other))
    assert canonical(parse(one)) != canonical(parse(other))


def test_every_row_has_its_structures_or_its_fault():
    found = structures_of(open_rows([row(["OCC", "C[C@H](N)O"]), BAD["molecule"], row(None), BAD["schema"]]))
    assert found["flat"][:] == [["CCO", "CC(N)O"], None, [], None]
    assert found["structures"][0] == ["CCO", "C[C@H](N)O"]
    bad = dict(bad_rows_of(found["bad"]))
    assert {position: one.category for position, one in bad.items()} == {1: "molecule", 3: "schema"}
    assert bad[1].row == 1


def test_a_second_time_they_are_read_from_their_file(monkeypatch):
    rows = open_rows([GOOD, row("CCCCCl")])
    first = structures_of(rows)["flat"][:]
    monkeypatch.setattr("llamo.data.structures.parse", None)
    assert structures_of(rows)["flat"][:] == first


def test_several_processes_give_the_same():
    rows = open_rows([row("C" * size) for size in range(1, 9)])
    assert structures_of(rows, num_proc=2, overwrite_cache=True)["flat"][:] == structures_of(rows)["flat"][:]


def test_molecules_beyond_the_processors_limit_are_bad():
    found = structures_of(open_rows([GOOD]), max_atoms=2)
    assert "max_atoms is 2" in next(bad_rows_of(found["bad"]))[1].reason
