"""What was asked has a prompt with SMILES and one without, where prompts write SMILES at all."""

from copy import copy

import pytest

from llamo.explain import GRAPH_ALONE, WITH_SMILES
from llamo.explain.asked import Asked
from tests.llamo.explain.questions import assistant


def asked(processor, **options) -> Asked:
    graphs = [processor.feature_extractor.featurize("CCO")]
    return Asked.write(processor, "What?", processor.conversation(graphs, "What?"), [None], graphs, **options)


def test_the_model_was_asked_with_smiles():
    one = asked(assistant().processor)
    assert one.prompt is one.prompts[WITH_SMILES] and one.prompts[GRAPH_ALONE].ids != one.prompt.ids


@pytest.mark.parametrize("is_wanted", [True, False], ids=["as was asked for", "as the processor writes"])
def test_the_model_was_asked_by_the_graph_alone(is_wanted):
    processor = copy(assistant().processor)
    processor.include_smiles = is_wanted
    one = asked(processor, graph_alone=is_wanted)
    assert list(one.prompts) == [GRAPH_ALONE] and one.prompt is one.prompts[GRAPH_ALONE]


def test_a_later_turn_has_the_prompt_of_the_whole_talk():
    processor = assistant().processor
    graphs = [processor.feature_extractor.featurize("CCO")]
    messages = [*processor.conversation(graphs, "What?", "An alcohol."), {"role": "user", "content": "Which?"}]
    text = processor.decode(Asked.write(processor, "Which?", messages, [None], graphs).prompt.ids)
    assert text.index("What?") < text.index("An alcohol.") < text.index("Which?")
