"""Batches that fit the memory: one that does not is halved, and one bad question costs no other its answer."""

import gc
import re
from collections.abc import Callable, Sequence

import torch

from llamo.assistant import Reply

# A molecule's SMILES and the question about it.
Asked = tuple[str, str]
TOO_LARGE = "out of memory, even alone; ask a larger device, or in 4 bits"


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
            return list(self._ask([smiles for smiles, _ in batch], [question for _, question in batch]))
        except ValueError as error:
            if len(batch) == 1:
                return [re.sub(r"^row \d+: ", "", " ".join(str(error).split()))]
            is_full = False
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            is_full = True
        # Out of the handler, where the error no longer holds the tensors.
        if is_full:
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            return None
        return [(self._try([one]) or [TOO_LARGE])[0] for one in batch]


def _is_out_of_memory(error: Exception) -> bool:
    known = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return known or any(words in str(error).lower() for words in ("out of memory", "not enough memory"))
