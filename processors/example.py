"""One encoded conversation as an example: cut to a length, or divided into question and answer. Knows ids only.

An example is what `LlamoProcessor.encode_conversation` returns: ids, mask and labels of equal length, and graph arrays.
"""

from typing import Any

IGNORED_LABEL = -100
_PER_TOKEN = ("input_ids", "attention_mask", "labels")

Example = dict[str, Any]


def cut(example: Example, max_length: int, *, graph_token_id: int, truncation: bool) -> Example:
    """The example with at most `max_length` tokens: its end is cut, molecules never.

    Raises:
        ValueError: it is too long and `truncation` is off, the cut would go through a molecule, or no label is left.
    """
    length = len(example["input_ids"])
    if length <= max_length:
        return example
    if not truncation:
        raise ValueError(
            f"the conversation has {length} tokens, max_length is {max_length}; raise max_length, shorten it, or pass "
            "truncation=True to cut its end"
        )
    if graph_token_id in example["input_ids"][max_length:]:
        raise ValueError(
            f"cut to max_length {max_length} the conversation of {length} tokens would lose graph tokens; raise "
            "max_length or shorten the text before the molecule"
        )
    short = {**example, **{name: example[name][:max_length] for name in _PER_TOKEN}}
    if all(label == IGNORED_LABEL for label in short["labels"]):
        raise ValueError(
            f"cut to max_length {max_length} the conversation keeps no token of an answer; raise max_length"
        )
    return short


def without_final_eos(example: Example, eos_token_id: int) -> Example:
    """The example up to its last answer's end-of-text token, which is left out: an answer that goes on."""
    end = _last_answer(example["labels"])[1]
    end -= example["labels"][end - 1] == eos_token_id
    return {**example, **{name: example[name][:end] for name in _PER_TOKEN}}


def divide(example: Example, *, drop_earlier_answers: bool = False) -> Example:
    """Question and expected answer: `input_ids` up to the last answer, whose ids are the `labels`.

    Args:
        example: an encoded conversation.
        drop_earlier_answers: take the answers of all turns out of the question and put them into the labels, as the
            released code does when it evaluates.

    Raises:
        ValueError: there is no answer.
    """
    ids, labels = example["input_ids"], example["labels"]
    start, end = _last_answer(labels)
    if not drop_earlier_answers:
        question, answer = range(start), range(start, end)
    else:
        question = [position for position in range(start) if labels[position] == IGNORED_LABEL]
        answer = [position for position in range(end) if labels[position] != IGNORED_LABEL]
    return {
        **example,
        "input_ids": [ids[position] for position in question],
        "attention_mask": [example["attention_mask"][position] for position in question],
        "labels": [ids[position] for position in answer],
    }


def _last_answer(labels: list[int]) -> tuple[int, int]:
    """Where the last run of labelled tokens begins and ends."""
    end = len(labels)
    while end and labels[end - 1] == IGNORED_LABEL:
        end -= 1
    if not end:
        raise ValueError("the conversation has no answer to learn or to expect; end it with an assistant's turn")
    start = end
    while start and labels[start - 1] != IGNORED_LABEL:
        start -= 1
    return start, end
