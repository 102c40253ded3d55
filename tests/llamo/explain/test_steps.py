"""Work in steps is the work in one go."""

from llamo.explain import explain
from llamo.explain.asked import Asked
from llamo.explain.explaining import explain_in_steps
from llamo.explain.prompt import answer_ids
from llamo.explain.steps import advance, finish
from tests.llamo.explain.questions import assistant


def counting():
    yield
    yield
    return "made"


def test_steps_are_done_one_by_one():
    steps = counting()
    assert [advance(steps) for _ in range(3)] == [None, None, "made"]


def test_what_is_left_is_finished():
    steps = counting()
    advance(steps)
    assert finish(steps) == "made"


def test_an_explanation_begins_without_the_model():
    processor = assistant().processor
    graphs = [processor.feature_extractor.featurize("CCO")]
    messages = processor.conversation(graphs, "What?")
    mols = [one.mol for one in explain(assistant(), "CCO", answer="x", attention=False, left_out=None).molecules]
    steps = explain_in_steps(None, Asked.write(processor, "What?", messages, mols, graphs), answer_ids(processor, "x"))
    assert advance(steps) is None
