"""Rows of processes."""

import pytest

from llamo.molecule_runs.share import Share


def test_each_row_is_of_one_process():
    shares = [Share.of_environment({"RANK": str(rank), "WORLD_SIZE": "3"}) for rank in range(3)]
    assert [[share.takes(number) for share in shares].count(True) for number in range(7)] == [1] * 7


def test_without_a_launcher_there_is_one_process():
    assert Share.of_environment({}) == Share(0, 1)


@pytest.mark.parametrize("environment", [{"RANK": "2", "WORLD_SIZE": "2"}, {"RANK": "x"}, {"WORLD_SIZE": "0"}])
def test_impossible_numbers_are_refused(environment):
    with pytest.raises(ValueError, match="RANK must be from 0 to below WORLD_SIZE"):
        Share.of_environment(environment)
