"""Batches that fit the memory: one that does not is halved, and one bad question costs no other its answer."""

from collections.abc import Callable, Sequence

from llamo.assistant import Reply
from llamo.molecule_files.row import reason
from llamo.molecule_runs.memory import TOO_LARGE, if_it_fits

# A molecule's SMILES and the question about it.
Asked = tuple[str, str]


class Batches:
    """Asks a model.

    Args:
        ask: gives replies to SMILES and questions, all in one batch; see `Assistant.ask`.
        size: questions at a time.

    Attributes:
        size: halved each time the memory was too small.
    """

    def __init__(self, ask: Callable[[Sequence[str], Sequence[str]], Sequence[Reply]], size: int):
        self._ask, self.size = ask, size

    def answer(self, asked: Sequence[Asked]) -> list[Reply | str]:
        """For each question the reply, or in one line why there is none. Similar lengths are asked together."""
        order = sorted(range(len(asked)), key=lambda place: -sum(map(len, asked[place])))
        answers: dict[int, Reply | str] = {}
        while places := order[len(answers) :][: self.size]:
            replies = self._try([asked[place] for place in places])
            if replies is None and len(places) > 1:
                self.size = len(places) // 2
                continue
            answers |= zip(places, replies or [TOO_LARGE], strict=True)
        return [answers[place] for place in range(len(asked))]

    def _try(self, batch: Sequence[Asked]) -> list[Reply | str] | None:
        """Replies, or None where the memory is too small."""
        try:
            found, _ = if_it_fits(lambda: self._ask([one for one, _ in batch], [question for _, question in batch]))
            return None if found is None else list(found)
        except ValueError as error:
            if len(batch) == 1:
                return [reason(error)]
        return [(self._try([one]) or [TOO_LARGE])[0] for one in batch]
