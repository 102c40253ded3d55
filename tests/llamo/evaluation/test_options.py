"""Options of generation: what makes no sense is refused."""

import pytest

from llamo.evaluation.options import GenerationOptions


@pytest.mark.parametrize(
    "wrong", [{"batch_size": 0}, {"num_beams": 0}, {"samples": -1}, {"max_new_tokens": 0}, {"temperature": 0.0}]
)
def test_refuses_senseless_values(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GenerationOptions(**wrong)


def test_valid_only_follows_at_least_five_beams():
    assert GenerationOptions(valid_only=True).beams == 5
    assert GenerationOptions(valid_only=True, num_beams=8).beams == 8
    assert GenerationOptions(num_beams=3).beams == 3
