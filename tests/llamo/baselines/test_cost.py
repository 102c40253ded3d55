"""Costs of tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.baselines.cost import Prices, Spending, rough_tokens


def test_prices_are_of_a_million_tokens():
    assert Prices(2.5, 10.0).of(400_000, 30_000) == pytest.approx(1.0 + 0.3)


@pytest.mark.parametrize("text, tokens", [("", 0), ("C", 1), ("CCCC", 1), ("CCCCO", 2)])
def test_four_characters_are_about_a_token(text, tokens):
    assert rough_tokens(text) == tokens


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))))
def test_spending_is_the_sum_of_replies(replies):
    spending, prices = Spending(Prices(3.0, 15.0)), Prices(3.0, 15.0)
    for reply in replies:
        spending.add(*reply)
    assert spending.cost == pytest.approx(sum(prices.of(*reply) for reply in replies))


def test_spending_in_words():
    spending = Spending(Prices(1.0, 2.0))
    spending.add(1_000_000, 500_000)
    assert str(spending) == "1 replies, 1000000 prompt and 500000 reply tokens, cost 2"


def test_without_prices_there_is_no_cost():
    spending = Spending()
    spending.add(10, 2)
    assert (spending.cost, str(spending)) == (0.0, "1 replies, 10 prompt and 2 reply tokens")
