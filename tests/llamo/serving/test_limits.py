"""Limits are numbers that make sense."""

import pytest

from llamo.serving.limits import Limits


@pytest.mark.parametrize(("name", "value"), [("max_batch", 0), ("queue", -1), ("timeout", 0), ("grace", -1)])
def test_a_limit_that_would_refuse_everything_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be .*, got {value}"):
        Limits(**{name: value})


def test_no_queue_and_no_grace_are_possible():
    assert Limits(queue=0, grace=0).queue == 0
