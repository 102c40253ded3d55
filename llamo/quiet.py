"""Silence: no progress bars and notices of transformers where a command has output of its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from transformers.utils import logging as transformers_logging


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars or notices of transformers besides our own; restored afterwards."""
    verbosity, bars = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    notices = logging.getLogger("processors")
    level = notices.level
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    notices.setLevel(logging.ERROR)  # molecules without functional groups, such as methane, are expected here
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        notices.setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()
