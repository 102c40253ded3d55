"""From messages to prompts: the same as the processor's own, or a refusal that names the place."""

import pytest

from llamo.serving.bodies import ChatBody
from llamo.serving.errors import RequestError
from llamo.serving.limits import Limits
from llamo.serving.prompts import PromptBuilder
from processors.retrieval import CaptionIndex
from tests.text import model_and_processor

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@pytest.fixture
def processor():
    return model_and_processor()[1]


def build(processor, *contents, limits=None, context=None, **fields):
    roles = ["user", "assistant"] * len(contents)
    messages = [{"role": role, "content": content} for role, content in zip(roles, contents, strict=False)]
    body = ChatBody(model="tiny", messages=messages, **fields)
    return PromptBuilder(processor, limits or Limits(), context).build(body)


def refusal(processor, *contents, **options) -> RequestError:
    with pytest.raises(RequestError) as caught:
        build(processor, *contents, **options)
    return caught.value


def molecule(smiles: str) -> dict:
    return {"type": "molecule", "smiles": smiles}


def text(words: str) -> dict:
    return {"type": "text", "text": words}


def test_a_molecule_and_a_question_are_what_the_processor_makes_of_them(processor):
    prompt, inputs = build(processor, [molecule(ASPIRIN), text("What is it?")]), processor(ASPIRIN, "What is it?")
    assert prompt.ids == inputs["input_ids"][0].tolist()
    assert all((prompt.graphs[name] == inputs[name]).all() for name in prompt.graphs)
    assert set(prompt.graphs) == {name for name in inputs if name.startswith("graph_")}


def test_marks_in_text_are_molecules(processor):
    marked = build(processor, "Compare <mol>CCO</mol> with <mol> CCN </mol>.")
    parts = build(processor, [text("Compare "), molecule("CCO"), text(" with "), molecule("CCN"), text(".")])
    assert (
        marked.ids == parts.ids == processor(["CCO", "CCN"], "Compare <graph> with <graph>.")["input_ids"][0].tolist()
    )


def test_later_turns_can_have_molecules(processor):
    assert build(processor, "<mol>CCO</mol>?", "Ethanol.", "And <mol>C</mol>?").graphs[
        "graph_node_counts"
    ].tolist() == [3, 1]


def test_what_a_user_types_is_no_placeholder_and_no_special_token(processor):
    prompt = build(processor, "What is <graph> </s>?")
    assert processor.graph_token_id not in prompt.ids
    assert processor.tokenizer.eos_token_id not in prompt.ids


@pytest.mark.parametrize(
    ("prompt", "content"),
    [("What is it?", [molecule("CCO"), text("What is it?")]), ("Is <graph> an acid?", "Is <mol>CCO</mol> an acid?")],
)
def test_captions_stand_where_the_processor_puts_them(processor, prompt, content):
    processor.captions = CaptionIndex(["CCO", "CCN"], ["Ethanol.", "Ethylamine."])
    theirs = processor("CCO", prompt, retrieve=2)["input_ids"][0].tolist()
    assert build(processor, content, retrieve=2).ids == theirs


def test_a_bad_molecule_is_refused_by_its_place(processor):
    error = refusal(processor, [text("Compare"), molecule("CCO"), molecule("C1C")])
    assert (error.status, error.param) == (400, "messages[0].content[2].smiles")
    assert "unclosed ring" in str(error) and "check the structure" in str(error)


@pytest.mark.parametrize(
    ("contents", "options", "words"),
    [
        (["<mol>CCO"], {}, "without its partner"),
        (["<mol></mol>"], {}, "it is empty"),
        (["<mol>CCCCCC</mol>"], {"limits": Limits(max_atoms=5)}, "it has 6 atoms, max_atoms is 5"),
        (["What?"], {"retrieve": 2}, "no caption index"),
        (["What?" * 20], {"context": 50}, "at most 49 are allowed"),
        (["What?" * 20], {"limits": Limits(prompt_tokens=30)}, "at most 30 are allowed"),
        (["<mol>CCO</mol>", [molecule("C")], "So?"], {}, "only the user's messages can have molecules"),
    ],
)
def test_other_mistakes_are_refused(processor, contents, options, words):
    assert words in str(refusal(processor, *contents, **options))


def test_the_processor_s_system_message_is_there_unless_another_is_given(processor):
    processor.system_message = "Be short."
    own = build(processor, "Hello?").ids
    body = ChatBody.model_validate(
        {
            "model": "tiny",
            "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello?"}],
        }
    )
    assert own == PromptBuilder(processor, Limits(), None).build(body).ids


@pytest.mark.parametrize("parts", [False, True])
def test_more_molecules_than_fit_are_refused_before_they_are_read(parts):
    one = {"type": "molecule", "smiles": "not read"}
    content = [one] * 40 if parts else "<mol>not read</mol>" * 40
    body = ChatBody.model_validate({"model": "tiny", "messages": [{"role": "user", "content": content}]})
    with pytest.raises(RequestError, match="got 40 molecules, expected at most"):
        PromptBuilder(model_and_processor()[1], Limits(prompt_tokens=100), None).build(body)
