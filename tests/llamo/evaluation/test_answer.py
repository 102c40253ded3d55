"""An answer as JSON holds what is known of it and nothing else."""

from llamo.evaluation.answer import Answer


def test_only_what_is_known_is_written():
    answer = Answer("CCO", "ethanol", "ethanol", row=0, log_probability=-1.5)
    assert answer.to_dict() == {
        "smiles": "CCO",
        "prediction": "ethanol",
        "target": "ethanol",
        "row": 0,
        "log_probability": -1.5,
    }


def test_json_and_back_is_the_same():
    answer = Answer("CCO", "", "ethanol", row=3, group="a", num_tokens=4, agreement=0.5, score=0.25, source="x")
    assert Answer(**answer.to_dict()) == answer
