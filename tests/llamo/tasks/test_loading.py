"""Every row is a question or on record; parts share no structure."""

from dataclasses import replace

import pytest

from llamo.data import DataSource
from llamo.tasks import Fields, Split, get_task, open_examples, task_names
from llamo.tasks.splitting import part_of, scaffold_key, structure_key
from tests.llamo.data.files import write_csv, write_jsonl
from tests.llamo.tasks.files import ALCOHOLS, RINGS

ESOL, BBBP = get_task("esol"), get_task("bbbp")
SPLITS = ("train", "validation", "test")


@pytest.mark.parametrize("name", sorted(set(task_names()) - {"description-mol-instructions"}))
@pytest.mark.parametrize("split", SPLITS)
def test_every_task_asks_questions_whose_targets_are_read_as_they_are(folder, name, split):
    task = get_task(name)
    examples = open_examples(task, split, data_folder=folder)
    assert [example.row for example in examples] == list(range(len(examples)))
    assert [task.parse(example.target) for example in examples] == [example.target for example in examples]
    assert all(example.prompt.count("<graph>") in (0, len(example.molecules)) for example in examples)


def test_parts_hold_each_molecule_once(folder):
    found = [example.molecules[0] for split in SPLITS for example in open_examples(ESOL, split, data_folder=folder)]
    assert sorted(found) == sorted(ALCOHOLS)


def test_parts_are_by_structure(folder):
    for split in SPLITS:
        for example in open_examples(ESOL, split, data_folder=folder):
            assert part_of(structure_key(example.molecules[0])) == split


def test_parts_of_bbbp_are_by_scaffold(folder):
    examples = [example for split in SPLITS for example in open_examples(BBBP, split, data_folder=folder)]
    benzenes = {scaffold_key(example.molecules[0]) for example in examples if "c1" in example.molecules[0]}
    assert benzenes == {"c1ccccc1"}
    parts = [
        split
        for split in SPLITS
        for example in open_examples(BBBP, split, data_folder=folder)
        if "c1" in example.smiles
    ]
    assert len(parts) == 5 and len(set(parts)) == 1


def test_parts_do_not_depend_on_the_order_of_rows(tmp_path):
    rows = [{"smiles": smiles, "measured log solubility in mols per litre": "1"} for smiles in ALCOHOLS]
    found = []
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        (tmp_path / name).mkdir()
        write_csv(tmp_path / name / "esol.csv.gz", ordered)
        found.append({example.smiles for example in open_examples(ESOL, "test", data_folder=tmp_path / name)})
    assert found[0] == found[1] != set()


def test_an_unreadable_molecule_is_on_record_in_one_split(folder):
    left_out = [bad for split in SPLITS for bad in open_examples(BBBP, split, data_folder=folder).left_out]
    assert [(bad.source, bad.row, bad.category) for bad in left_out] == [
        ("bbbp.csv.gz", len(RINGS) + len(ALCOHOLS), "molecule")
    ]
    assert "valence" in left_out[0].reason


def test_training_rows_that_share_a_structure_with_other_splits_are_left_out_as_leaks(folder):
    examples = open_examples(get_task("description-pubchem324k"), "train", data_folder=folder)
    assert [example.smiles for example in examples] == ALCOHOLS[10:15]
    assert [(bad.row, bad.category, bad.reason) for bad in examples.left_out] == [
        (10, "leak", "its structure is in validation or test as well")
    ]


def test_a_limit_takes_the_first_questions(folder):
    whole = open_examples(ESOL, "train", data_folder=folder)
    assert open_examples(ESOL, "train", data_folder=folder, limit=3)[:] == whole[:3]
    with pytest.raises(ValueError, match="limit must be at least 1 or None, got 0"):
        open_examples(ESOL, data_folder=folder, limit=0)


def test_wordings_are_drawn_on_request(folder):
    drawn = open_examples(ESOL, "train", data_folder=folder, draw_seed=0)
    assert {example.prompt for example in drawn} == set(ESOL.prompts)
    assert {example.prompt for example in open_examples(ESOL, "train", data_folder=folder)} == {ESOL.prompts[0]}


def plain(tmp_path, rows, task=ESOL):
    return open_examples(task, data_file=write_jsonl(tmp_path / "plain.jsonl", rows))


def test_plain_rows_are_asked_in_the_first_wording(tmp_path):
    (example,) = plain(tmp_path, [{"smiles": "CCO", "target": "-1"}])
    assert (example.molecules, example.prompt, example.target) == (("CCO",), ESOL.prompts[0], "-1")


def test_plain_rows_may_bring_their_prompt_and_several_molecules(tmp_path):
    rows = [
        {"smiles": "CO>>CCO", "target": "1", "prompt": "From <graph> to {brace} <graph>?"},
        {"smiles": ["C", "N"], "target": "2"},
        {"smiles": None, "target": "3"},
    ]
    examples = plain(tmp_path, rows)
    assert [example.molecules for example in examples] == [("CO", "CCO"), ("C", "N"), ()]
    assert examples[0].prompt == "From <graph> to {brace} <graph>?"


def test_what_a_wording_needs_is_taken_from_the_columns_of_plain_rows(tmp_path):
    rows = [{"smiles": "C", "target": "No", "assay": "the test", "group": "T"}]
    (example,) = plain(tmp_path, rows, get_task("tox21"))
    assert (example.group, example.prompt) == ("T", get_task("tox21").prompts[0].replace("{assay}", "the test"))


def test_a_wording_that_lacks_a_column_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"no row asks a question; .* row 0: there is no column 'assay'"):
        plain(tmp_path, [{"smiles": "C", "target": "No"}], get_task("tox21"))


@pytest.mark.parametrize(
    ("bad", "category", "reason"),
    [
        ({"smiles": "C1CC", "target": "1"}, "molecule", "unclosed ring"),
        ({"smiles": "C", "target": "low"}, "schema", "its answer is no number as esol reads them"),
        ({"smiles": "C", "target": ""}, "schema", "'target' is empty"),
        ({"smiles": "C", "target": "1", "prompt": "<graph> <graph>"}, "schema", "the prompt has 2 <graph>, the row 1"),
    ],
)
def test_bad_rows_are_left_out_by_row_with_their_reason(tmp_path, bad, category, reason):
    examples = plain(tmp_path, [{"smiles": "CCO", "target": "1"}, bad])
    assert len(examples) == 1
    (left_out,) = examples.left_out
    assert (left_out.source, left_out.row, left_out.category) == ("plain.jsonl", 1, category)
    assert reason in left_out.reason


def test_a_file_in_which_no_row_is_a_question_is_an_error_with_the_first_reason(tmp_path):
    with pytest.raises(
        ValueError, match=r"no row asks a question; the first row left out: plain\.jsonl, row 0: .*ring"
    ):
        plain(tmp_path, [{"smiles": "C1CC", "target": "1"}])


def own(tmp_path, read, **settings):
    write_csv(tmp_path / "own.csv", [{"smiles": "C", "x": "1"}, {"smiles": "CC", "x": "2"}])
    splits = {"test": Split(local=DataSource(path="own.csv"), **settings)}
    return open_examples(replace(ESOL, read=read, splits=splits), data_folder=tmp_path)


def test_what_a_reader_raises_is_the_reason_of_the_row(tmp_path):
    def read(row):
        if row["x"] == "2":
            raise ValueError("two is too many")
        return [Fields((row["smiles"],), row["x"])]

    assert [bad.reason for bad in own(tmp_path, read).left_out] == ["two is too many"]


def test_a_column_that_a_reader_misses_is_the_reason(tmp_path):
    def read(row):
        return [Fields((row["smiles"],), row["x" if row["x"] == "1" else "y"])]

    assert [bad.reason for bad in own(tmp_path, read).left_out] == ["there is no column 'y'"]


def test_a_row_without_questions_is_on_record(tmp_path):
    examples = own(tmp_path, lambda row: [Fields((row["smiles"],), "1")] if row["x"] == "1" else [])
    assert [(bad.row, bad.category) for bad in examples.left_out] == [(1, "no_answer")]


def test_rows_of_another_split_are_no_bad_rows(tmp_path):
    examples = own(tmp_path, lambda row: [Fields((row["smiles"],), row["x"])], keep=lambda row: row["x"] == "2")
    assert [example.target for example in examples] == ["2"]
    assert examples.left_out == ()


def test_a_question_without_a_molecule_needs_a_key_to_be_split(tmp_path):
    with pytest.raises(ValueError, match=r"cannot be put into a split; give Fields\.key"):
        own(tmp_path, lambda row: [Fields((), row["x"])], part="test")
