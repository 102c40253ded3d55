"""Batches that are too large are halved, and nothing else is lost."""

import pytest
import torch

from llamo.asking.batches import TOO_LARGE, Batches
from llamo.assistant import Reply

ASKED = [("C" * length, "?") for length in (3, 9, 1, 7, 5)]


def asker(*, fits: int = 100, bad: str = "", error: Exception | None = None):
    """Answers with the molecule, if the batch is no larger than what fits and holds no bad one."""
    sizes = []

    def ask(smiles, questions):
        sizes.append(len(smiles))
        if len(smiles) > fits:
            raise error or torch.OutOfMemoryError("CUDA out of memory")
        if bad in smiles:
            raise ValueError(f"row {smiles.index(bad)}: cannot be read\nat all")
        return [Reply(one, question, one, 1.0) for one, question in zip(smiles, questions, strict=True)]

    return ask, sizes


def test_answers_come_in_order_and_longest_first():
    ask, sizes = asker()
    assert [reply.text for reply in Batches(ask, 2).answer(ASKED)] == [smiles for smiles, _ in ASKED]
    assert sizes == [2, 2, 1]


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("full"), RuntimeError("CUDA error: out of memory"), MemoryError()], ids=repr
)
def test_a_batch_that_does_not_fit_is_halved_and_asked_again(error):
    ask, sizes = asker(fits=1, error=error)
    batches = Batches(ask, 4)
    assert [reply.text for reply in batches.answer(ASKED)] == [smiles for smiles, _ in ASKED]
    assert sizes == [4, 2, 1, 1, 1, 1, 1] and batches.size == 1


def test_a_molecule_that_never_fits_has_an_error():
    assert Batches(asker(fits=0)[0], 2).answer(ASKED[:1]) == [TOO_LARGE]


def test_a_bad_question_costs_no_other_its_answer():
    answers = Batches(asker(bad="CCC")[0], 5).answer(ASKED)
    assert answers[0] == "cannot be read at all"
    assert [reply.text for reply in answers[1:]] == [smiles for smiles, _ in ASKED[1:]]


def test_other_errors_are_not_hidden():
    with pytest.raises(RuntimeError, match="device-side assert"):
        Batches(asker(fits=0, error=RuntimeError("device-side assert"))[0], 2).answer(ASKED)
