"""Limits per minute, on a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.baselines.rate_limit import RateLimit


class Clock:
    """Time that passes only where somebody sleeps or works."""

    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float):
        self.now += seconds


def starts_of(limit: RateLimit, clock: Clock, work: list[float], tokens: int = 0) -> list[float]:
    starts = []
    for seconds in work:
        limit.wait(tokens)
        starts.append(clock.now)
        clock.now += seconds
    return starts


@given(st.integers(1, 100), st.lists(st.floats(0, 30), max_size=60))
def test_no_minute_has_more_requests_than_allowed(allowed, work):
    clock = Clock()
    limit = RateLimit(requests_per_minute=allowed, clock=clock, sleep=clock.sleep)
    starts = starts_of(limit, clock, work)
    for start in starts:
        assert sum(start <= other < start + 60 - 1e-6 for other in starts) <= allowed


def test_requests_are_spread_evenly():
    clock = Clock()
    limit = RateLimit(requests_per_minute=120, clock=clock, sleep=clock.sleep)
    assert starts_of(limit, clock, [0.0, 0.1, 0.0, 2.0, 0.0]) == pytest.approx([100.0, 100.5, 101.0, 101.5, 103.5])


def test_tokens_count_as_requests_do():
    clock = Clock()
    limit = RateLimit(tokens_per_minute=6_000, clock=clock, sleep=clock.sleep)
    assert starts_of(limit, clock, [0.0] * 3, tokens=500) == pytest.approx([100.0, 105.0, 110.0])


def test_the_tighter_of_two_limits_holds():
    clock = Clock()
    limit = RateLimit(requests_per_minute=60, tokens_per_minute=6_000, clock=clock, sleep=clock.sleep)
    assert starts_of(limit, clock, [0.0] * 3, tokens=10) == pytest.approx([100.0, 101.0, 102.0])


def test_no_limit_never_waits():
    clock = Clock()
    assert starts_of(RateLimit(clock=clock, sleep=clock.sleep), clock, [0.0] * 5, tokens=10**9) == [100.0] * 5


def test_a_hold_stops_what_comes_after_it():
    clock = Clock()
    limit = RateLimit(clock=clock, sleep=clock.sleep)
    limit.wait()
    limit.hold(7.0)
    assert starts_of(limit, clock, [0.0, 0.0]) == [107.0, 107.0]


def test_a_shorter_hold_does_not_end_a_longer_one():
    clock = Clock()
    limit = RateLimit(clock=clock, sleep=clock.sleep)
    limit.hold(7.0)
    limit.hold(2.0)
    assert starts_of(limit, clock, [0.0]) == [107.0]
