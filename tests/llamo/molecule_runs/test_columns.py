"""Columns of a table of answers."""

from llamo.molecule_runs.columns import Columns

RESULT = {"smiles": "CCO", "question": "?", "text": "!", "confidence": 0.5, "error": ""}


def table(*columns: dict):
    """The row numbers stay out of these records' comparison."""
    made = Columns()
    records = [{"row": row, "columns": one, "result": RESULT} for row, one in enumerate(columns)]
    for record in records:
        made.add(record)
    return list(made.types()), [made.row(record) for record in records]


def test_the_users_columns_stay_in_front():
    names, rows = table({"id": 7})
    assert names == list(rows[0]) == ["row", "id", "smiles", "question", "text", "confidence", "error"]
    assert rows[0]["id"] == 7


def test_the_users_smiles_are_not_repeated():
    assert table({"smiles": "CCO"})[0].count("smiles") == 1 and "llamo_smiles" not in table({"smiles": "CCO"})[0]


def test_smiles_of_a_name_stand_beside_it():
    _, rows = table({"smiles": "ethanol"})
    assert rows[0]["smiles"] == "ethanol" and rows[0]["llamo_smiles"] == "CCO"


def test_no_column_of_the_user_is_hidden():
    names, rows = table({"error": 0.3, "row": 9, "llamo_row": 8})
    assert rows[0]["error"] == 0.3 and rows[0]["llamo_error"] == "" and rows[0]["llamo_llamo_row"] == 0
    assert len(set(names)) == len(names)
