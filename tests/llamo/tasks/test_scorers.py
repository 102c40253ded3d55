"""Each task has metrics, and perfect answers score perfectly."""

import pytest

from llamo.metrics import Pairs, score
from llamo.tasks import get_task, open_examples

# Scores of answers that are the targets. Text metrics need a tokenizer and WordNet: see tests/llamo/metrics.
PERFECT = {
    "qm9": {"mae": 0.0, "unparsable": 0.0},
    "bbbp": {"accuracy": 1.0},
    "tox21": {"accuracy": 1.0},
    "multiple-choice": {"accuracy": 1.0},
    "retrosynthesis": {"exact": 1.0, "validity": 1.0, "morgan_similarity": 1.0, "levenshtein": 0.0, "bleu_4": 1.0},
    "molecule-design": {"exact": 1.0, "exact_string": 1.0},
}


@pytest.mark.parametrize("name", PERFECT)
def test_targets_as_answers_score_perfectly(folder, name):
    task = get_task(name)
    examples = open_examples(task, data_folder=folder)
    targets = [example.target for example in examples]
    groups = [example.group or "" for example in examples] if examples[0].group else None
    pairs = Pairs([task.parse(target) for target in targets], targets, groups=groups)
    found = {
        key: one.value for scorer in task.scorers("words") for key, one in score(scorer, pairs, resamples=0).items()
    }
    assert {key: found[key] for key in PERFECT[name]} == pytest.approx(PERFECT[name])
