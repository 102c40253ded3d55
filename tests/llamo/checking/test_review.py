"""Sheets for experts and their agreement, against scikit-learn and Fleiss' published example."""

import csv

import pytest
from sklearn.metrics import cohen_kappa_score

from llamo.checking import check
from llamo.checking.review import CRITERIA, agreement, cohen_kappa, fleiss_kappa, write_sheet
from tests.llamo.checking.conversations import aspirin

FIRST = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 3, 3]
SECOND = [1, 2, 3, 5, 5, 4, 4, 2, 2, 1, 3, 5]
# Fleiss 1971 as Wikipedia repeats it: 10 subjects, 14 raters, 5 categories; kappa 0.210.
FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_cohens_kappa_is_that_of_scikit_learn(weights):
    theirs = cohen_kappa_score(FIRST, SECOND, labels=[1, 2, 3, 4, 5], weights=None if weights == "none" else weights)
    assert cohen_kappa(FIRST, SECOND, weights=weights) == pytest.approx(theirs)


def test_fleiss_kappa_is_the_published_one():
    rows = [[value for value, times in enumerate(counts) for _ in range(times)] for counts in FLEISS]
    assert fleiss_kappa(rows) == pytest.approx(0.210, abs=5e-4)


def fill(path, ratings):
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    filled = path.with_name(f"{ratings}.csv")
    with filled.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for place, row in enumerate(rows):
            writer.writerow({**row, **{name: (FIRST if ratings == "anna" else SECOND)[place] for name in CRITERIA}})
    return filled


def test_a_sheet_that_two_people_fill_in_gives_their_agreement(tmp_path):
    conversations = [aspirin(row=row) for row in range(20)]
    sheet, rubric = write_sheet(check(conversations), tmp_path, size=12)
    assert "correctness" in rubric.read_text()
    found = agreement([fill(sheet, "anna"), fill(sheet, "bert")])
    assert set(found) == set(CRITERIA)
    pair = found["correctness"]["pairs"]["anna / bert"]
    assert pair["cohen_kappa_none"] == pytest.approx(cohen_kappa_score(FIRST, SECOND))
    assert found["correctness"]["rows"] == 12


def test_a_filled_sheet_is_not_written_over(tmp_path):
    write_sheet(check([aspirin()]), tmp_path, size=1)
    with pytest.raises(ValueError, match="is there already"):
        write_sheet(check([aspirin()]), tmp_path, size=1)


def test_a_rating_that_is_none_is_named(tmp_path):
    sheet, _ = write_sheet(check([aspirin(row=5)]), tmp_path, size=1)
    sheet.write_text("row,relevance,correctness,diversity\n5,7,1,1\n")
    with pytest.raises(ValueError, match="row 5: relevance is '7'; rate 1 to 5"):
        agreement([sheet, sheet])


def test_sheets_of_other_rows_are_refused(tmp_path):
    for name, row in (("a", 1), ("b", 2)):
        (tmp_path / f"{name}.csv").write_text(f"row,relevance,correctness,diversity\n{row},1,1,1\n")
    with pytest.raises(ValueError, match="its rows are not those of"):
        agreement([tmp_path / "a.csv", tmp_path / "b.csv"])
