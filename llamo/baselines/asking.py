"""Many questions to one endpoint at a time; failures of one row are told from those of all. Knows no task."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from llamo.baselines.reply_source import ReplySource
from llamo.baselines.retries import Refusal, TransientFailure

Question = TypeVar("Question")
Replies = TypeVar("Replies")

# Rows that fail one after another, with no answer between them, before the rest is given up.
FAILURES_IN_A_ROW = 10
# Rows that an error names.
_NAMED = 20


def ask_many(
    source: ReplySource,
    questions: Sequence[Question],
    ask: Callable[[Question], Replies],
    *,
    row_of: Callable[[Question], int],
) -> Iterator[tuple[Question, Replies]]:
    """Questions with their replies as they come; rows that failed are named when all others are answered.

    The next question is asked when the caller has dealt with the last reply.

    Args:
        source: that `ask` uses; its options say how many are asked at a time.
        questions: in order.
        ask: gets the replies to one question, from any thread.
        row_of: number of a question's row, for errors.

    Raises:
        ValueError: the endpoint refuses, the budget is spent, or rows have no answer.
    """
    source.start()
    pool = ThreadPoolExecutor(source.options.concurrency)
    failed: dict[int, str] = {}
    answered = in_a_row = 0
    try:
        for question, future in _outcomes(pool, questions, ask, source.options.concurrency):
            failure = future.exception()
            if failure is None:
                answered, in_a_row = answered + 1, 0
                yield question, future.result()
            elif _is_of_one_row(failure, any_answered=answered > 0):
                failed[row_of(question)] = str(failure)
                in_a_row += 1
            elif isinstance(failure, Refusal):
                raise ValueError(f"row {row_of(question)}: {failure}")
            else:
                raise failure
            if in_a_row == FAILURES_IN_A_ROW:
                break
    finally:
        source.stop()
        pool.shutdown()
    if failed:
        raise ValueError(_describe(failed, unanswered=len(questions) - answered, total=len(questions)))


def _outcomes(
    pool: ThreadPoolExecutor,
    questions: Sequence[Question],
    ask: Callable[[Question], Replies],
    concurrency: int,
) -> Iterator[tuple[Question, Future[Replies]]]:
    waiting = iter(questions)
    pending = {pool.submit(ask, one): one for one in islice(waiting, concurrency)}
    while pending:
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            yield pending.pop(future), future
            pending.update({pool.submit(ask, one): one for one in islice(waiting, 1)})


def _is_of_one_row(failure: BaseException, *, any_answered: bool) -> bool:
    """Whether other rows may fare better. A refusal of the very first question is most likely due to an option."""
    if isinstance(failure, Refusal):
        return any_answered and not failure.of_all
    return isinstance(failure, TransientFailure)


def _describe(failed: dict[int, str], *, unanswered: int, total: int) -> str:
    rows = sorted(failed)
    named = ", ".join(map(str, rows[:_NAMED])) + (", .." if len(rows) > _NAMED else "")
    given_up = f" ({unanswered - len(rows)} were not asked any more)" if unanswered > len(rows) else ""
    return (
        f"{unanswered} of {total} rows have no answer{given_up}; failed: {named}; row {rows[0]}: {failed[rows[0]]}; "
        "all other replies are kept, run again to ask only for these"
    )
