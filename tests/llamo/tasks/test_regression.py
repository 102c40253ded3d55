"""Measured numbers."""

import pytest

from llamo.tasks import get_task, open_examples


@pytest.mark.parametrize(("name", "target"), [("freesolv", "-1.50"), ("lipophilicity", "1.50")])
def test_targets_have_fixed_decimals(folder, name, target):
    assert {example.target for example in open_examples(get_task(name), data_folder=folder)} == {target}


def test_the_measured_solubility_is_asked_for_not_the_predicted_one(folder):
    examples = open_examples(get_task("esol"), "train", data_folder=folder)
    assert all(float(example.target) == -(example.smiles.count("C") - 1) - 0.5 for example in examples)


def test_units_are_in_the_wordings():
    assert all("mol per litre" in prompt for prompt in get_task("esol").prompts)
    assert all("kcal/mol" in prompt for prompt in get_task("freesolv").prompts)
    assert all("logD at pH 7.4" in prompt for prompt in get_task("lipophilicity").prompts)
