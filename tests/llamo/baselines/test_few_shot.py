"""Questions as chats in text."""

import pytest

from llamo.baselines.few_shot import GRAPH, chat_messages, text_question
from processors.placeholders import GRAPH_TOKEN
from tests.llamo.baselines.tasks import example


def test_places_of_molecules_are_those_of_the_processor():
    assert GRAPH == GRAPH_TOKEN


@pytest.mark.parametrize(
    "molecules, prompt, text",
    [
        (("CCO",), "Describe it.", "CCO\nDescribe it."),
        (("CCO", "CN"), "Do they react?", "CCO CN\nDo they react?"),
        (("CCO", "CN"), "Is <graph> heavier than <graph>?", "Is CCO heavier than CN?"),
        ((), "Write ethanol's SMILES.", "Write ethanol's SMILES."),
        (("CCO",), "", "CCO"),
    ],
    ids=str,
)
def test_molecules_are_written_where_their_graphs_would_stand(molecules, prompt, text):
    assert text_question(example(0, molecules, prompt=prompt)) == text


def test_places_for_another_number_of_molecules_are_an_error():
    with pytest.raises(ValueError, match="row 3: the prompt has 2 <graph> for 1 molecules"):
        text_question(example(3, "CCO", prompt="Is <graph> heavier than <graph>?"))


def test_examples_are_earlier_turns():
    shown = [example(1, "CN", "An amine.")]
    assert chat_messages(example(0, "CCO"), shown, system="Be brief.") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "CN\nDescribe it."},
        {"role": "assistant", "content": "An amine."},
        {"role": "user", "content": "CCO\nDescribe it."},
    ]


def test_without_a_system_message_there_is_only_the_question():
    assert chat_messages(example(0, "CCO")) == [{"role": "user", "content": "CCO\nDescribe it."}]
