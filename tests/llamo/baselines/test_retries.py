"""When a request is made again, without a network and without waiting."""

import pytest

from llamo.baselines.rate_limit import RateLimit
from llamo.baselines.retries import LONGEST_RETRY_AFTER, Refusal, Retries, TransientFailure
from tests.llamo.baselines.test_rate_limit import Clock


def retries(clock: Clock, *, jitter: float = 0.0, **settings) -> Retries:
    limit = RateLimit(clock=clock, sleep=clock.sleep)
    return Retries(limit, clock.sleep, jitter=lambda: jitter, **settings)


def failing(clock: Clock, failures: list[Exception]):
    """Something that fails so, then replies with the times at which it was asked."""
    asked, left = [], list(failures)

    def ask() -> list[float]:
        asked.append(clock.now - 100)
        if left:
            raise left.pop(0)
        return asked

    return ask


def test_waits_double_up_to_the_longest():
    clock = Clock()
    policy = retries(clock, attempts=6, first_wait=1.0, longest_wait=5.0)
    ask = failing(clock, [TransientFailure("busy")] * 5)
    assert policy.call(ask, tokens=0, label="row 0") == [0, 1, 3, 7, 12, 17]


def test_jitter_cuts_waits_by_up_to_half():
    assert retries(Clock(), jitter=1.0).backoff(3) == 2.0
    assert retries(Clock(), jitter=0.0).backoff(3) == 4.0


def test_what_the_server_asks_for_counts_more_than_the_longest_wait():
    clock = Clock()
    ask = failing(clock, [TransientFailure("busy", retry_after=90.0)])
    assert retries(clock, longest_wait=5.0).call(ask, tokens=0, label="row 0") == [0, 90]


def test_a_server_that_asks_for_hours_is_not_waited_for():
    clock = Clock()
    ask = failing(clock, [TransientFailure("quota of today", retry_after=LONGEST_RETRY_AFTER + 1)])
    with pytest.raises(TransientFailure, match="quota of today"):
        retries(clock).call(ask, tokens=0, label="row 0")
    assert clock.now == 100


def test_the_last_failure_is_raised():
    clock = Clock()
    ask = failing(clock, [TransientFailure("first"), TransientFailure("second")])
    with pytest.raises(TransientFailure, match="second"):
        retries(clock, attempts=2).call(ask, tokens=0, label="row 0")


def test_a_refusal_is_raised_at_once():
    clock = Clock()
    with pytest.raises(Refusal):
        retries(clock).call(failing(clock, [Refusal("no", of_all=True)]), tokens=0, label="row 0")
    assert clock.now == 100


def test_each_new_attempt_is_a_warning(caplog):
    clock = Clock()
    with caplog.at_level("WARNING"):
        retries(clock).call(failing(clock, [TransientFailure("busy")]), tokens=0, label="row 7")
    assert "row 7: busy; attempt 1 of 8, trying again" in caplog.text
