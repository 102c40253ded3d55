"""Both spellings of a row give the conversation that the processor takes."""

import pytest

from llamo.data import RowError, to_messages
from llamo.data.schema import molecules_in


def text(words: str) -> dict:
    return {"type": "text", "text": words}


def molecule(smiles: str) -> dict:
    return {"type": "molecule", "smiles": smiles}


ANSWER = {"role": "assistant", "content": "Yes."}


def user(*parts) -> dict:
    return {"role": "user", "content": list(parts)}


def chat(content, **beside) -> dict:
    return {"messages": [{"role": "user", "content": content}, ANSWER], **beside}


def test_columns_become_a_question_with_the_molecule_in_front_and_its_answer():
    assert to_messages({"smiles": "CCO", "instruction": "What?", "output": "Yes."}) == [
        user(molecule("CCO"), text("What?")),
        ANSWER,
    ]


def test_a_system_column_becomes_the_first_turn():
    row = {"smiles": None, "instruction": "What?", "output": "Yes.", "system": "Be brief."}
    assert to_messages(row)[0] == {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize("smiles", [{}, {"smiles": None}, {"smiles": []}])
def test_rows_without_molecule_are_text_only(smiles):
    assert to_messages({"instruction": "What?", "output": "Yes.", **smiles}) == [user(text("What?")), ANSWER]


def test_several_molecules_stand_where_the_instruction_says():
    row = {"smiles": ["C", "CC"], "instruction": "Is <graph> like <graph>?", "output": "Yes."}
    parts = [text("Is "), molecule("C"), text(" like "), molecule("CC"), text("?")]
    assert to_messages(row)[0] == user(*parts)


def test_messages_with_parts_are_taken_as_they_are():
    parts = [molecule("CCO"), text("What?")]
    assert to_messages(chat(parts)) == [user(*parts), ANSWER]


@pytest.mark.parametrize("beside", [{"molecules": ["C", "CC"]}, {"smiles": ["C", "CC"]}])
def test_molecules_beside_messages_are_placed_over_all_user_turns(beside):
    messages = [
        {"role": "user", "content": "See <graph>."},
        ANSWER,
        {"role": "user", "content": "And <graph>?"},
        ANSWER,
    ]
    made = to_messages({"messages": messages, **beside})
    assert made[0] == user(text("See "), molecule("C"), text("."))
    assert made[2] == user(text("And "), molecule("CC"), text("?"))


def test_molecules_beside_messages_without_places_stand_in_front_of_the_first_question():
    messages = [{"role": "system", "content": "S"}, *chat("What?")["messages"]]
    assert to_messages({"messages": messages, "smiles": "CCO"})[1] == user(molecule("CCO"), text("What?"))


def test_empty_fields_of_arrow_parts_are_no_molecules():
    parts = [{"type": "molecule", "smiles": "C", "text": None}, {"type": "text", "text": "What?", "smiles": None}]
    assert to_messages(chat(parts))[0] == user(molecule("C"), text("What?"))


def test_a_row_with_messages_ignores_simple_columns():
    row = chat("What?") | {"instruction": "Other?", "output": "Other."}
    assert to_messages(row) == [user(text("What?")), ANSWER]


def test_a_mapped_column_counts_under_its_new_name_only():
    row = {"smiles": "CCO", "description": "An alcohol."}
    made = to_messages(row, columns={"output": "smiles", "instruction": "description"})
    assert made == [user(text("An alcohol.")), {"role": "assistant", "content": "CCO"}]


def test_a_column_can_be_hidden():
    row = {"smiles": "CCO", "instruction": "What?", "output": "Yes."}
    assert molecules_in(to_messages(row, columns={"smiles": None})) == []


def test_a_constant_instruction_takes_the_place_of_the_column():
    row = {"instruction": "What?", "output": "Yes."}
    assert to_messages(row, instruction="Why?")[0] == user(text("Why?"))


def test_the_phrasing_of_a_row_depends_on_seed_and_row_only():
    phrasings = ["A?", "B?", "C?"]

    def drawn(seed):
        return [
            to_messages({"output": "x"}, instruction=phrasings, number=n, seed=seed)[0]["content"][0]["text"]
            for n in range(30)
        ]

    assert drawn(0) == drawn(0)
    assert set(drawn(0)) == set(phrasings)
    assert drawn(0) != drawn(1)


def test_doubled_backslashes_are_undone_on_request():
    row = {"smiles": "C/C=C\\\\C", "instruction": "What?", "output": "Yes."}
    assert molecules_in(to_messages(row)) == ["C/C=C\\\\C"]
    assert molecules_in(to_messages(row, undo_doubled_backslashes=True)) == ["C/C=C\\C"]


def test_numbers_are_written_as_text():
    assert to_messages({"instruction": "How many?", "output": 3})[1]["content"] == "3"


@pytest.mark.parametrize(
    ("row", "category", "message"),
    [
        ({"output": "Yes."}, "schema", "no instruction"),
        ({"instruction": "What?"}, "empty_output", "no output"),
        ({"instruction": "What?", "output": " \n"}, "empty_output", "an answer is empty"),
        ({"instruction": "What?", "output": True}, "schema", "output must be text"),
        ({"instruction": " ", "output": "Yes."}, "schema", "a user turn is empty"),
        ({"instruction": "<graph>?", "output": "Yes."}, "schema", "1 <graph> and 0 molecules"),
        ({"instruction": "What?", "output": "<graph>"}, "schema", "<graph> stands in a turn of role assistant"),
        ({"instruction": "What?", "output": "Yes.", "smiles": ["C", None]}, "molecule", "must be a SMILES"),
        ({"messages": []}, "schema", "must be a list of turns"),
        ({"messages": "Hi"}, "schema", "must be a list of turns"),
        ({"messages": [{"role": "human", "content": "Hi"}]}, "schema", "a turn needs a role of"),
        (chat(None), "schema", "text or a list of parts"),
        (chat([{"type": "image"}]), "schema", "of type text or molecule"),
        (chat([{"type": "molecule"}]), "schema", "exactly one of"),
        (chat([molecule("C"), text("<graph>?")]), "schema", "as parts and by <graph>"),
        (chat([molecule("C")], smiles="C"), "schema", "as parts and by <graph> or beside"),
        (chat("Hi", smiles="C", molecules=["C"]), "schema", "both 'molecules' and 'smiles'"),
        ({"messages": [ANSWER], "smiles": "C"}, "schema", "no user turn"),
        ({"messages": [{"role": "user", "content": "Hi"}]}, "no_answer", "no assistant turn"),
        (
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [molecule("C")]}]},
            "schema",
            "in a turn of role assistant",
        ),
    ],
)
def test_mistakes_are_one_line_with_source_and_row(row, category, message):
    with pytest.raises(RowError, match=f"^file, row 7: .*{message}.*; .*got ") as raised:
        to_messages(row, source="file", number=7)
    assert raised.value.bad.category == category
    assert "\n" not in str(raised.value)
