"""A run: what passes is kept, what does not is on record; a run that was stopped goes on; files can be trained on."""

import json

import pytest

from llamo.checking import Context, Turn, read_conversations
from llamo.data.reading import open_source
from llamo.data.rows import RowReader
from llamo.data.sources import DataSource
from llamo.instructions.build import BuildOptions, build
from llamo.instructions.card import push_to_hub
from llamo.instructions.material import Columns, Material, read_material
from llamo.instructions.template_writer import TemplateWriter
from llamo.instructions.writer import Draft

DESCRIPTION = "The molecule is a primary alcohol. It has a role as a solvent."
MATERIALS = [
    Material(row, "C" * (row + 2) + "O", Context(DESCRIPTION, properties={"log P": "0.1"})) for row in range(7)
]


class Scripted:
    """Writes what it is told, by row and attempt."""

    batch_size = 2
    can_retry = True

    def __init__(self, script=None, fails_at=None):
        self.script, self.fails_at, self.asked = script or {}, fails_at, []

    def settings(self):
        return {"backend": "scripted", "prompt_sha256": "0"}

    def notes(self):
        return f"{len(self.asked)} asked"

    def write(self, materials, *, attempt):
        for one in materials:
            if one.row == self.fails_at:
                raise ValueError("the backend gives up")
            self.asked.append((one.row, attempt))
            good = (
                Turn("What kind of compound is this?", "It is a primary alcohol."),
                Turn("How many carbon atoms does it have?", str(one.row + 2)),
                Turn("What is its formula?", f"C{one.row + 2}H{2 * one.row + 6}O"),
                Turn(
                    "How long is the chain, and what is it used for?", f"{' '.join(['carbon'] * one.row)} is a solvent."
                ),
            )
            yield self.script.get((one.row, attempt), lambda one, good=good: Draft(one, good))(one)


def wrong(material):
    turns = [Turn(f"How many rings has number {material.row}?", "It has 3 rings.")] * 3
    return Draft(material, tuple(turns))


def none(material):
    return Draft(material, reason="no conversation: broken JSON", text="{")


def read(folder):
    return [json.loads(line) for path in sorted((folder / "data").iterdir()) for line in path.read_text().splitlines()]


def test_good_rows_are_kept_and_bad_ones_are_on_record(tmp_path):
    writer = Scripted({(1, 0): wrong, (1, 1): wrong, (2, 0): none})
    manifest = build(MATERIALS, writer, tmp_path / "run", BuildOptions())
    assert [row["source_row"] for row in read(tmp_path / "run")] == [0, 2, 3, 4, 5, 6]
    assert sorted(writer.asked) == sorted([*((row, 0) for row in range(7)), (1, 1), (2, 1)])
    (rejected,) = [json.loads(line) for line in (tmp_path / "run" / "rejected.jsonl").read_text().splitlines()]
    assert (rejected["row"], rejected["attempt"]) == (1, 1)
    assert "expected rings: 0" in rejected["reasons"][0]
    assert manifest["counts"]["conversations"] == 6
    assert manifest["reject_reasons"]["no conversation"] == 1
    assert manifest["cost"] == "9 asked"


def test_a_run_that_was_stopped_goes_on_and_ends_as_if_it_had_not(tmp_path):
    with pytest.raises(ValueError, match="gives up"):
        build(MATERIALS, Scripted(fails_at=4), tmp_path / "run", BuildOptions())
    again = Scripted()
    build(MATERIALS, again, tmp_path / "run", BuildOptions())
    assert again.asked == [(4, 0), (5, 0), (6, 0)]
    build(MATERIALS, Scripted(), tmp_path / "whole", BuildOptions())
    assert read(tmp_path / "run") == read(tmp_path / "whole")


def test_a_line_that_a_kill_cut_off_is_written_again(tmp_path):
    build(MATERIALS, Scripted(), tmp_path / "run", BuildOptions())
    log = tmp_path / "run" / "work.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole[:-10])
    again = Scripted()
    build(MATERIALS, again, tmp_path / "run", BuildOptions())
    assert again.asked == [(6, 0)]
    assert log.read_bytes() == whole


def test_another_run_in_the_folder_is_refused(tmp_path):
    build(MATERIALS, TemplateWriter(seed=0), tmp_path / "run", BuildOptions())
    with pytest.raises(ValueError, match="other settings or rows"):
        build(MATERIALS, TemplateWriter(seed=1), tmp_path / "run", BuildOptions())
    build(MATERIALS, TemplateWriter(seed=1), tmp_path / "run", BuildOptions(overwrite=True))
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match="holds something else"):
        build(MATERIALS, TemplateWriter(), tmp_path / "else", BuildOptions(overwrite=True))


def test_conversations_that_repeat_one_are_refused(tmp_path):
    turns = tuple(Turn(f"Question number {place}?", f"Answer {place}.") for place in range(8))
    same = lambda material: Draft(material, turns)  # noqa: E731
    manifest = build(MATERIALS, Scripted({(0, 0): same, (5, 0): same, (5, 1): same}), tmp_path / "run", BuildOptions())
    assert manifest["reject_reasons"] == {"diversity, near-duplicate": 2}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_shards_can_be_checked_and_trained_on(tmp_path, form):
    build(MATERIALS, TemplateWriter(), tmp_path / "run", BuildOptions(form=form, shard_rows=3))
    shards = sorted((tmp_path / "run" / "data").iterdir())
    assert [shard.name for shard in shards] == [f"train-0000{number}-of-00003.{form}" for number in range(3)]
    source = DataSource(str(shards[0]))
    first = next(iter(read_conversations(source)))
    assert first.molecules == ("CCO",)
    assert first.context == MATERIALS[0].context
    reader, rows = RowReader.of(source), open_source(source)
    messages = reader.messages(rows.dataset[0])
    assert messages[0]["content"][0] == {"type": "molecule", "smiles": "CCO"}
    assert [message["role"] for message in messages[:2]] == ["user", "assistant"]


def test_the_card_says_what_was_checked_and_what_not(tmp_path):
    build(MATERIALS, TemplateWriter(), tmp_path / "run", BuildOptions(licence="cc-by-4.0"))
    card = (tmp_path / "run" / "README.md").read_text()
    assert card.startswith("---\nlicense: cc-by-4.0\n")
    assert "written by a machine" in card
    assert "data/*.jsonl" in card


def test_a_run_is_uploaded_without_its_work_files(tmp_path, monkeypatch):
    calls = []

    class Api:
        def create_repo(self, *given, **options):
            calls.append(("create", given, options))

        def upload_folder(self, **options):
            calls.append(("upload", options))
            return "https://hub/datasets/me/mine"

    monkeypatch.setattr("huggingface_hub.HfApi", Api)
    assert push_to_hub(tmp_path, "me/mine") == "https://hub/datasets/me/mine"
    assert calls[0][2] == {"repo_type": "dataset", "private": True, "exist_ok": True}
    assert "data/*" in calls[1][1]["allow_patterns"]
    assert not any("work" in pattern for pattern in calls[1][1]["allow_patterns"])


def test_a_hub_that_cannot_be_reached_is_one_line(tmp_path, monkeypatch):
    class Api:
        def create_repo(self, *given, **options):
            raise OSError("no\nroute")

    monkeypatch.setattr("huggingface_hub.HfApi", Api)
    with pytest.raises(ValueError, match=r"me/mine: cannot be uploaded \(no route\)"):
        push_to_hub(tmp_path, "me/mine")


def test_rows_that_cannot_be_used_are_on_record(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text('SMILES,description,logP\nCCO,An alcohol.,-0.3\nC(,Broken.,\nCCN,,\n"F/C=C\\\\F",Doubled.,\n')
    good, bad = read_material(table, Columns("SMILES", properties=("logP",)))
    assert [(one.row, dict(one.context.properties)) for one in good] == [(0, {"logP": "-0.3"}), (3, {})]
    assert [(one.row, one.category) for one in bad] == [(1, "molecule"), (2, "schema")]
    assert good[1].smiles == "F/C=C\\F"
    with pytest.raises(ValueError, match="no column 'smiles'; there are SMILES, description, logP"):
        read_material(table, Columns())
