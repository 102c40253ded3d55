"""When a request that failed is made again, and when not. Knows failures and waiting, no protocol."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from transformers.utils import logging

from llamo.baselines.rate_limit import RateLimit

logger = logging.get_logger(__name__)

T = TypeVar("T")

# A server that asks for more seconds than this, such as until tomorrow's quota, is not waited for.
LONGEST_RETRY_AFTER = 600.0


class TransientFailure(Exception):
    """A failure that may pass.

    Args:
        reason: what happened.
        retry_after: seconds that the server asks to wait.
    """

    def __init__(self, reason: str, retry_after: float | None = None):
        super().__init__(reason)
        self.retry_after = retry_after


class Refusal(ValueError):
    """A failure that will not pass.

    Args:
        message: what happened and what to do.
        of_all: every other request would be refused as well, as without a valid key.
    """

    def __init__(self, message: str, *, of_all: bool):
        super().__init__(message)
        self.of_all = of_all


@dataclass(frozen=True)
class Retries:
    """Exponential backoff with jitter.

    Attributes:
        limit: that every attempt keeps to.
        sleep: waits.
        attempts: in all.
        first_wait: seconds before the second attempt, and twice as many before each next one, ..
        longest_wait: .. but never more. A server may ask for more.
        jitter: a number between 0 and 1; waits are cut by up to half by it, so that threads do not return all at once.
    """

    limit: RateLimit
    sleep: Callable[[float], None]
    attempts: int = 8
    first_wait: float = 1.0
    longest_wait: float = 60.0
    jitter: Callable[[], float] = random.random

    def call(self, ask: Callable[[], T], *, tokens: int, label: str) -> T:
        """Asks until there is a reply.

        Args:
            ask: one attempt.
            tokens: that it takes.
            label: names the request in warnings.

        Raises:
            TransientFailure: the last attempt's.
            Refusal: asking again is no use.
        """
        for attempt in range(1, self.attempts + 1):
            self.limit.wait(tokens)
            try:
                return ask()
            except TransientFailure as failure:
                if attempt == self.attempts or (failure.retry_after or 0) > LONGEST_RETRY_AFTER:
                    raise
                logger.warning(f"{label}: {failure}; attempt {attempt} of {self.attempts}, trying again")
                self._wait(attempt, failure.retry_after)
        raise AssertionError("there is at least one attempt")

    def _wait(self, attempt: int, retry_after: float | None):
        if retry_after is None:
            self.sleep(self.backoff(attempt))
        else:
            self.limit.hold(retry_after)  # what a server asks of one request it asks of all

    def backoff(self, attempt: int) -> float:
        """Seconds after so many failed attempts."""
        return min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)) * (1 - self.jitter() / 2)
