"""Prompts of explanations are those of the processor, and know where each molecule's tokens are."""

import pytest
import torch

from llamo.explain.prompt import Prompt, answer_ids
from tests.llamo.explain.questions import assistant


def graphs(*smiles: str, **projector):
    extractor = assistant(**projector).processor.feature_extractor
    return [extractor.featurize(one) for one in smiles]


def written(processor, molecules, question: str, **options) -> Prompt:
    return Prompt.write(processor, processor.conversation(molecules, question), molecules, **options)


@pytest.mark.parametrize("projector", [{}, {"projector_type": "mlp"}], ids=["a fixed number", "one per atom"])
def test_inputs_are_those_of_the_processor(projector):
    processor, molecules = assistant(**projector).processor, graphs("CCO", "c1ccccc1", **projector)
    prompt = written(processor, molecules, "Compare <graph> with <graph>.")
    wanted = processor(["CCO", "c1ccccc1"], "Compare <graph> with <graph>.")
    found = prompt.inputs([molecules])
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in found)


def test_placeholders_follow_the_number_of_atoms():
    processor, (ethanol, methane) = assistant(projector_type="mlp").processor, graphs("CCO", "C")
    prompt = written(processor, [ethanol], "What?", with_smiles=False)
    found = prompt.inputs([[ethanol], [methane]])
    assert (found["input_ids"] == processor.graph_token_id).sum(1).tolist() == [3, 1]
    assert found["attention_mask"].sum(1).diff().tolist() == [-2]


def test_places_are_those_of_each_molecule():
    processor, molecules = assistant(projector_type="mlp").processor, graphs("CCO", "C")
    prompt = written(processor, molecules, "What?")
    assert [len(places) for places in prompt.places()] == [3, 1]
    assert {prompt.ids[place] for places in prompt.places() for place in places} == {processor.graph_token_id}


def test_without_smiles_the_text_has_none():
    processor, molecules = assistant().processor, graphs("CCO")
    text = processor.decode(written(processor, molecules, "What?", with_smiles=False).ids)
    assert "CCO" not in text and "What?" in text
    assert processor.include_smiles, "the processor is as it was"


def test_a_given_answer_is_written_as_in_training():
    processor = assistant().processor
    found = answer_ids(processor, "An alcohol.")
    assert processor.decode(found, skip_special_tokens=True).strip() == "An alcohol."
    assert found[-1] == processor.tokenizer.eos_token_id
    behind = processor.encode_question(processor.conversation(graphs("CCO"), "What?", "An alcohol."))
    assert found == behind["labels"]


def test_what_reads_like_a_special_token_is_text_where_that_is_asked_for():
    processor, molecules = assistant().processor, graphs("CCO")
    messages = processor.conversation(molecules, "What is </s>?")
    typed, control = (Prompt.write(processor, messages, molecules, sanitize=on).ids for on in (True, False))
    ends = processor.tokenizer.eos_token_id
    assert typed.count(ends) == control.count(ends) - 1


def test_an_empty_answer_is_refused():
    with pytest.raises(ValueError, match="answer to explain is empty"):
        answer_ids(assistant().processor, " ")
