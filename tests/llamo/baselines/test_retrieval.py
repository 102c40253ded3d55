"""Answers of retrieval."""

import json

import pytest

from llamo.baselines.retrieval import RetrievalAnswerer
from tests.llamo.baselines.tasks import example, task_of

# Similar to CCO in this order.
SIMILAR = ("CCO", "CCCO", "CCCCO", "c1ccncc1")


def train(*targets: str):
    return [example(row, smiles, target) for row, (smiles, target) in enumerate(zip(SIMILAR, targets, strict=False))]


def answer(kind, *targets: str, neighbours: int = 1):
    answerer = RetrievalAnswerer(task_of(kind), train(*targets), neighbours=neighbours)
    (one,) = answerer.answer([example(9, "OCC", "the truth")])
    return one


def test_the_nearest_training_answer_is_copied_with_its_origin():
    one = example(9, "CCN", "An amine.", group=None)
    examples = [example(0, "c1ccccc1", "Benzene."), example(4, "CCCN", "Propylamine.")]
    (found,) = RetrievalAnswerer(task_of(), examples).answer([one])
    assert found.to_dict() == {
        "smiles": "CCN",
        "prediction": "Propylamine.",
        "target": "An amine.",
        "row": 9,
        "prompt": "Describe it.",
        "source": "training row 4 (similarity 0.556)",
    }


def test_numbers_are_averaged():
    assert answer("number", "1.5", "-0.25", "4", neighbours=2).prediction == "0.625"


def test_a_single_number_is_copied_as_it_stands():
    assert answer("number", "1.500", "2").prediction == "1.500"


def test_yes_and_no_are_voted_on_and_the_score_is_the_share_of_yes():
    one = answer("yes_no", "No", "Yes", "Yes", neighbours=3)
    assert (one.prediction, one.score) == ("Yes", 2 / 3)


def test_the_nearest_decides_a_tie():
    assert answer("yes_no", "No", "Yes", neighbours=2).prediction == "No"
    assert answer("yes_no", "Yes", "No", neighbours=2).prediction == "Yes"


def test_one_neighbour_is_all_or_nothing():
    assert answer("yes_no", "No", "Yes").score == 0.0
    assert answer("yes_no", "Yes", "No").score == 1.0


def test_several_neighbours_are_all_named():
    source = answer("number", "1", "2", neighbours=2).source
    assert source.startswith("training row 0 (similarity 1.000), training row 1 (similarity ")


def test_answers_that_cannot_be_averaged_take_one_neighbour():
    with pytest.raises(ValueError, match="neighbours must be 1 for some-smiles, got 3"):
        RetrievalAnswerer(task_of("smiles"), train("C"), neighbours=3)


def test_no_neighbour_is_an_error():
    with pytest.raises(ValueError, match="neighbours must be at least 1, got 0"):
        RetrievalAnswerer(task_of(), train("An alcohol."), neighbours=0)


def test_a_training_answer_that_is_no_number_names_its_row():
    with pytest.raises(ValueError, match="training row 1: 'unknown' is no number"):
        answer("number", "1", "unknown", neighbours=2)


def test_rows_that_are_done_are_left_out():
    answerer = RetrievalAnswerer(task_of(), train("An alcohol."))
    assert [one.row for one in answerer.answer([example(row, "CCO") for row in range(4)], done={0, 2})] == [1, 3]


@pytest.mark.parametrize(
    "kind, neighbours, name", [("text", 1, "Morgan, Tanimoto"), ("number", 5, "Morgan, Tanimoto, 5 nearest")]
)
def test_the_name_says_how(kind, neighbours, name):
    assert RetrievalAnswerer(task_of(kind), train("1"), neighbours=neighbours).name == f"retrieval ({name})"


def test_settings_are_json():
    settings = RetrievalAnswerer(task_of(), train("An alcohol.")).settings()
    assert json.loads(json.dumps(settings)) == settings
