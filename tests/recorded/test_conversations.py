"""Token ids and labels of every recorded conversation, for training and evaluation, and of the edge cases."""

import pytest
from transformers import AutoProcessor

from tests.recorded.recording import with_placeholders


def test_training_ids_and_labels_of_every_conversation(recording, processor):
    for name, record in recording.conversations.items():
        found = processor.encode_conversation(recording.messages(processor, name))
        assert found["input_ids"] == with_placeholders(record["train"]["input_ids"], processor.graph_token_id), name
        assert found["labels"] == record["train"]["labels"], name
        assert found["attention_mask"] == record["train"]["attention_mask"], name


def test_evaluation_ids_and_targets_of_every_conversation(recording, processor):
    for name, record in recording.conversations.items():
        found = processor.encode_question(recording.messages(processor, name), drop_earlier_answers=True)
        assert found["input_ids"] == with_placeholders(record["eval"]["input_ids"], processor.graph_token_id), name
        assert found["labels"] == record["eval"]["labels"], name


def test_earlier_answers_can_stay_in_the_question(recording, processor):
    several = [name for name, record in recording.conversations.items() if len(record["messages"]) > 3]
    assert several
    for name in several:
        messages = recording.messages(processor, name)
        found = processor.encode_question(messages)
        opened = processor.apply_chat_template(messages[:-1], tokenize=True, return_dict=True)
        assert found["input_ids"] == opened["input_ids"][0], name
        whole = processor.encode_conversation(messages)["input_ids"]
        assert found["input_ids"] + found["labels"] == whole, name


def test_a_prompt_and_a_conversation_without_its_answer_are_the_same(recording, processor):
    for name, record in recording.conversations.items():
        if isinstance(record["instruction"], str):
            smiles = recording.molecules[record["molecule"]]["smiles"]
            inputs = processor(smiles, record["instruction"])
            assert inputs["input_ids"][0].tolist() == with_placeholders(
                record["eval"]["input_ids"], processor.graph_token_id
            ), name


def with_molecules(messages: list[dict]) -> list[dict]:
    """Recorded messages, in which user texts say `<graph>`, with a molecule there."""
    turns = []
    for message in messages:
        content = message["content"]
        if message["role"] == "user" and "<graph>" in content:
            first, *rest = content.split("<graph>")
            content = [{"type": "text", "text": first}]
            for text in rest:
                content += [{"type": "molecule", "smiles": "CCO"}, {"type": "text", "text": text}]
        turns.append({"role": message["role"], "content": content})
    return turns


@pytest.fixture(scope="module")
def verbatim(converted):
    """The processor, told to write no SMILES: recorded edge cases hold theirs in the text."""
    processor = AutoProcessor.from_pretrained(converted)
    processor.include_smiles = False
    return processor


def test_edge_cases_of_the_prompt_format(recording, verbatim):
    for case in recording.json("conversations")["raw_prompts"]:
        limit = {} if case["max_length"] is None else {"max_length": case["max_length"] + 1, "truncation": True}
        messages = with_molecules(case["messages"])
        expected = with_placeholders(case["input_ids"], verbatim.graph_token_id)
        molecules = sum(turn["content"].count("<graph>") for turn in case["messages"] if turn["role"] == "user")
        if expected.count(verbatim.graph_token_id) < molecules * verbatim.num_graph_tokens:
            # The released code cuts such samples to something it cannot run itself; here they are refused.
            with pytest.raises(ValueError, match="would lose graph tokens"):
                verbatim.encode_conversation(messages, **limit)
            continue
        found = verbatim.encode_conversation(messages, final_eos=not case["no_eos"], **limit)
        assert found["input_ids"] == expected, case["id"]
        assert found["labels"] == case["labels"], case["id"]
