"""Batches that do not fit."""

import pytest

from llamo.molecule_runs.memory import fitting, if_it_fits


def fits_below(limit: int):
    def do(size: int) -> int:
        if size >= limit:
            raise MemoryError
        return size

    return do


def test_the_size_is_halved_until_it_fits():
    assert fitting(fits_below(5), 16) == (4, 4)


def test_what_never_fits_gives_nothing():
    assert fitting(fits_below(1), 4) == (None, 1)


def test_another_error_is_not_hidden():
    with pytest.raises(RuntimeError, match="a bug"):
        if_it_fits(lambda: _raise(RuntimeError("a bug")))


def _raise(error: Exception):
    raise error
