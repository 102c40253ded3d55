"""Conversations in few tokens."""

from pathlib import Path

import pytest

from llamo.analysis.laboratory.terse import terse
from llamo.compact import tensors
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from tests.llamo.analysis.laboratory import small

FACTS = (
    ("How many rings does it have?", "1"),
    ("What is its molecular formula?", "CH4"),
    ("Can you find an ester?", "no"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    processor = small.processor()
    rows = [
        Row(kind, smiles, smiles, turns)
        for smiles in small.MOLECULES
        for kind, turns in {"facts": FACTS, "talk": (("Describe it.", f"It is {smiles}."), *FACTS)}.items()
    ]
    tests = {
        "test-0": [Row("description", one, one, (("Describe it.", "It is."),)) for one in small.MOLECULES],
        "test-facts": [Row("ester", one, one, (FACTS[2],)) for one in small.MOLECULES],
    }
    for name, some in {"train": rows, **tests}.items():
        tensors.save(encode_rows(some, processor, None), tmp_path / name)
    processor.save_pretrained(tmp_path / "processor")
    (tmp_path / "report.json").write_text("{}")
    return tmp_path


def text(material, rows, row: int) -> tuple[str, str]:
    """All of a row, and what is learned of it."""
    example = rows[row]
    learned = example["labels"][example["labels"] >= 0]
    return tuple(material.processor.decode(ids) for ids in (example["input_ids"], learned))


def test_each_fact_is_a_word_and_its_answer_without_formulas(folder):
    material = terse(folder)
    assert text(material, material.train, 0) == ("<s>OCC<graph> rings1 esterno", "1no")


def test_descriptions_come_without_their_facts_when_asked_for(folder):
    material = terse(folder, descriptions=4)
    texts = [text(material, material.train, row) for row in range(len(material.train))]
    assert ("<s>OCC<graph> descriptionIt is OCC.</s>", "It is OCC.</s>") in texts
    assert material.tests.keys() == {"captions", "facts"}
    assert material.tests["captions"].names == ["description"]


def test_facts_alone_are_asked_otherwise(folder):
    material = terse(folder, molecules=3)
    assert material.tests.keys() == {"facts"}
    assert material.tests["facts"].names == ["ester"] and len(material.tests["facts"]) == 3
    assert len(material.train) == 4
