"""Functions that take turns."""

from llamo.analysis.cost.timing import take_turns


class Tape:
    """Functions that note when they were called, and a clock that counts as they say."""

    def __init__(self, **costs: float):
        self.calls: list[str] = []
        self.now = 0.0
        self.functions = {name: lambda name=name, cost=cost: self.call(name, cost) for name, cost in costs.items()}

    def call(self, name: str, cost: float):
        self.calls.append(name)
        self.now += cost

    def clock(self) -> float:
        return self.now


def test_every_function_runs_once_a_round_in_turned_order():
    tape = Tape(a=1, b=2, c=4)
    take_turns(tape.functions, rounds=3, clock=tape.clock, warm_up=0)
    assert "".join(tape.calls) == "abccbaabc"


def test_seconds_are_those_of_the_function_alone():
    tape = Tape(a=1, b=2)
    assert take_turns(tape.functions, rounds=2, clock=tape.clock) == {"a": [1, 1], "b": [2, 2]}


def test_warm_up_calls_are_not_counted():
    tape = Tape(a=1)
    assert take_turns(tape.functions, rounds=2, clock=tape.clock, warm_up=3) == {"a": [1, 1]}
    assert len(tape.calls) == 5
