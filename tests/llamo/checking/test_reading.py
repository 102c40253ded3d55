"""Instruction files of several shapes become conversations; what is none is named by its row."""

import json

import pytest

from llamo.checking import Context, Turn, read_conversations
from llamo.data.sources import DataSource


def read(tmp_path, *rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(read_conversations(DataSource(str(path))))


def test_messages_with_a_context(tmp_path):
    messages = [{"role": "user", "content": "<graph> What?"}, {"role": "assistant", "content": "Ethanol."}]
    context = {"description": "An alcohol.", "iupac": "ethanol", "properties": {"log P": "-0.31"}}
    (one,) = read(tmp_path, {"smiles": "CCO", "messages": messages, "context": context})
    assert one.molecules == ("CCO",)
    assert one.turns == (Turn("What?", "Ethanol."),)
    assert one.context == Context("An alcohol.", "ethanol", {"log P": "-0.31"})


def test_columns_and_molecule_parts(tmp_path):
    parts = [{"type": "molecule", "smiles": "CO"}, {"type": "text", "text": "What?"}]
    messages = [{"role": "user", "content": parts}, {"role": "assistant", "content": "Methanol."}]
    first, second = read(
        tmp_path, {"smiles": "CCO", "instruction": "What?", "output": "Ethanol."}, {"messages": messages}
    )
    assert (first.molecules, first.turns) == (("CCO",), (Turn("What?", "Ethanol."),))
    assert (second.molecules, second.turns) == (("CO",), (Turn("What?", "Methanol."),))


def test_pairs_and_single_questions(tmp_path):
    first, second, third = read(
        tmp_path,
        {"smiles": "CCO", "qa": [["Weight?", 46.07], ["Formula?", "C2H6O"]]},
        {"question": "Describe. ", "input": "CCO", "input_format": "SMILES: {}", "answer": '["An alcohol."]'},
        {"question": "Which?", "answer": ["A", "B"]},
    )
    assert first.turns == (Turn("Weight?", "46.07"), Turn("Formula?", "C2H6O"))
    assert second.turns == (Turn("Describe. SMILES: CCO", "An alcohol."),)
    assert [turn.answer for turn in third.turns] == ["A", "B"]


def test_a_row_that_is_no_conversation_is_named(tmp_path):
    with pytest.raises(ValueError, match="row 1: 'qa' must be a list of pairs"):
        read(tmp_path, {"smiles": "CCO", "qa": [["a", "b"]]}, {"smiles": "CCO", "qa": ["a"]})
    with pytest.raises(ValueError, match="row 0: "):
        read(tmp_path, {"smiles": "CCO"})
