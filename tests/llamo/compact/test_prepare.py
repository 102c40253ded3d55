"""From data files to what a run reads: nothing that is evaluated on is learned from, and a run can begin."""

import json

import pytest

from llamo.compact import prepare, sources, tensors
from llamo.compact.loop import train
from llamo.compact.model import Size, build
from llamo.compact.schedule import Schedule, Stage
from llamo.compact.sources import HeldOut, Question, canonical
from processors import LlamoDataCollator, LlamoProcessor
from tests.paths import DATA

DESCRIPTIONS = [
    Question("description", smiles, "Describe this molecule.", f"The molecule is a compound spelled {smiles}.")
    for smiles in ("OCC", "CCCO", "c1ccccc1O", "CC(N)C(=O)O")
]
AMOUNTS = prepare.Amounts(
    caption_copies=3, fact_molecules=4, name_copies=2, property_rows=2, refusals=1, test_rows=1, vocab_size=400
)


@pytest.fixture
def small_sources(monkeypatch):
    """A handful of questions in place of the data files."""
    monkeypatch.setattr(sources, "_held_out", lambda folder: iter([canonical("C[C@H](N)C(=O)O")]))
    monkeypatch.setattr(sources, "descriptions", lambda folder, held_out: iter(DESCRIPTIONS))
    monkeypatch.setattr(
        sources, "task_questions", lambda folder, held_out, tasks, limit: [Question(tasks[0], "CCO", "Ask?", "1.0")]
    )
    monkeypatch.setattr(sources, "names", lambda *args, **options: [Question("iupac", "CCO", "Name?", "ethanol")])
    monkeypatch.setattr(sources, "molecules", lambda *args, **options: ["CCO", "CCN"])
    monkeypatch.setattr(sources, "asked", lambda folder, split, limit: DESCRIPTIONS[:2])


def test_a_held_out_molecule_is_known_in_every_spelling_and_its_stereoisomer_is_another(monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "_held_out", lambda folder: iter([canonical("C[C@H](N)C(=O)O")]))
    held_out = HeldOut(tmp_path)
    assert len(held_out) == 1
    assert held_out.structure("OC(=O)[C@H](C)N") is None or held_out.structure("OC(=O)[C@@H](C)N") is None
    assert held_out.structure("CC(N)C(=O)O") == canonical("CC(N)C(=O)O")
    assert held_out.structure("C1CC") is None  # unreadable


def test_what_is_prepared_can_be_trained_on(small_sources, tmp_path):
    report = prepare.prepare(tmp_path, tmp_path / "data", AMOUNTS)
    assert report == json.loads((tmp_path / "data" / prepare.REPORT).read_text())
    assert report["rows"]["description"] == 12 and report["rows"]["iupac"] == 4 and report["rows"]["talk"] == 4
    processor = LlamoProcessor.from_pretrained(tmp_path / "data" / prepare.PROCESSOR)
    assert processor.captions is not None and len(processor.captions) == len(DESCRIPTIONS)
    learned, checked = (tensors.load(tmp_path / "data" / name) for name in (prepare.TRAIN, prepare.VALIDATION))
    assert len(learned) == sum(report["rows"].values()) and {"description", "retrieved", "facts"} == set(checked.names)
    assert len(tensors.load(tmp_path / "data" / prepare.FACTS)) == 2 * 19
    schedule = Schedule(stages=(Stage(2),), max_tokens=600, warmup_steps=1)
    size = Size(width=16, layers=1, heads=2, inner=16, graph_width=8, mlp_depth=1)
    model, collate = build(processor, size, seed=0), LlamoDataCollator(processor)
    assert train(model, collate, learned, checked, schedule, tmp_path / "run")


def test_tokens_between_the_marks_of_a_row_are_its_smiles(small_sources, tmp_path):
    prepare.prepare(tmp_path, tmp_path / "data", AMOUNTS)
    processor = LlamoProcessor.from_pretrained(tmp_path / "data" / prepare.PROCESSOR)
    rows = tensors.load(tmp_path / "data" / prepare.TRAIN)
    about = [row for row in range(len(rows)) if len(rows.molecules[row])]
    assert about
    for row in about:
        start, end = rows.written[row].tolist()
        assert canonical(processor.decode(rows[row]["input_ids"][start:end]))  # it can be read
        assert rows[row]["input_ids"][end] == processor.graph_token_id


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the data files are not at {DATA}")
def test_no_molecule_of_a_test_split_is_among_the_real_training_molecules():
    held_out = HeldOut(DATA)
    learned = {canonical(one.smiles) for one in sources.descriptions(DATA, held_out)}
    learned |= {canonical(one) for one in sources.molecules(DATA, held_out, limit=5000, seed=0)}
    for split in ("validation", "test"):
        assert not learned & {canonical(one.smiles) for one in sources.asked(DATA, split, limit=None)}
