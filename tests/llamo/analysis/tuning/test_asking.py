"""Yes-or-no questions and how answers are read."""

from typing import Any

import pytest
import torch

from llamo.analysis.tuning.asking import GROUPS, ask, first_tokens, other, questions, trained
from llamo.compact.model import build
from processors import LlamoProcessor
from tests.llamo.analysis.laboratory.small import SIZE
from tests.llamo.analysis.tuning.talks import talks
from tests.text import byte_tokenizer


@pytest.fixture
def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer(), include_smiles=False)


def test_every_group_is_asked_about_every_molecule():
    found = questions(talks()[:3])
    assert len(found) == 3 * len(GROUPS)
    assert [one.truth for one in found[:4]] == [kind.key == "hydroxyl group" for kind in GROUPS]  # ethanol


def test_other_wordings_ask_for_the_same_group():
    for kind in GROUPS:
        assert other(kind) != trained(kind)
        assert other(kind).endswith(trained(kind).removeprefix("Does it contain "))


def test_a_description_stands_in_a_turn_before():
    (first, *_) = questions(talks()[:1], described=True)
    assert [message["role"] for message in first.messages] == ["user", "assistant"] * 2
    assert first.messages[1]["content"] == talks()[0].description


@pytest.mark.parametrize("count", [2, 4])
def test_half_of_the_examples_are_yes_and_none_is_the_molecule_itself(count):
    for one in questions(talks()[:1], examples=count, solved=talks()[1:]):
        answers = [message["content"] for message in one.messages if message["role"] == "assistant"][:-1]
        assert sorted(answers) == ["no"] * (count // 2) + ["yes"] * (count // 2)
        molecules = [message["content"][0]["smiles"] for message in one.messages[::2]]
        assert molecules[-1] == "CCO" not in molecules[:-1]


def test_answers_are_read_from_the_first_token(processor):
    model = build(processor, SIZE, seed=0).eval()
    yes = first_tokens(processor, ("yes", "Yes"))
    asked = questions(talks()[:2])
    forward = model.forward

    def always_yes(*args, **kwargs):
        found: Any = forward(*args, **kwargs)
        found.logits = torch.full(found.logits.shape, -30.0).index_fill(-1, torch.tensor(yes), 0.0)
        return found

    model.forward = always_yes
    found = ask(model, processor, asked)
    assert found.right.tolist() == [one.truth for one in asked]
    assert found.said == pytest.approx(1)


def test_a_batch_gives_the_answers_of_single_questions(processor):
    model = build(processor, SIZE, seed=0).eval()
    asked = questions(talks()[:2], examples=2, solved=talks()[2:])[:3]
    alone = [ask(model, processor, [one]).said[0] for one in asked]
    assert ask(model, processor, asked).said == pytest.approx(alone, rel=1e-4)
