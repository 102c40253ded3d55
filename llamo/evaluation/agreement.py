"""How far several answers to one question agree: self-consistency (Wang et al., arXiv:2203.11171).

Knows answers as they were read out of texts. Two SMILES say the same if they are one structure, two numbers if they
have one value, free texts as far as they share words, everything else if it is equal. An empty text is no answer: it
counts among the samples and agrees with none.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from llamo.tasks.task import AnswerKind


def agreement(parsed: Sequence[str], kind: "AnswerKind") -> tuple[str, float]:
    """The sample that the others agree with most, and the share that does, itself among them.

    Args:
        parsed: the answer read out of each sample; of equally good ones the first counts.
        kind: of answers.
    """
    if not parsed:
        raise ValueError("agreement needs at least one sampled answer, got none")
    forms = _forms(parsed, kind)
    shares = [_share(form, forms, kind) for form in forms]
    best = int(np.argmax(shares))
    return (parsed[best], shares[best]) if shares[best] else ("", 0.0)


def agreement_with(answer: str, parsed: Sequence[str], kind: "AnswerKind") -> float:
    """Share of samples that say the same as an answer; of free texts, their mean word F1 with it.

    Args:
        answer: as it was read.
        parsed: the answer read out of each sample.
        kind: of answers.
    """
    if not parsed:
        raise ValueError("agreement needs at least one sampled answer, got none")
    form, *forms = _forms([answer, *parsed], kind)
    return _share(form, forms, kind)


def _share(form: str, forms: Sequence[str], kind: "AnswerKind") -> float:
    same = _word_f1 if kind == "text" else _is_equal
    return sum(same(form, other) for other in forms if form and other) / len(forms)


def _is_equal(first: str, second: str) -> float:
    return float(first == second)


def _word_f1(first: str, second: str) -> float:
    """Shared words over the mean number of words, repetitions counted; 1 for equal texts, even without a word."""
    if first == second:
        return 1.0
    ours, theirs = (Counter(re.findall(r"\w+", text.lower())) for text in (first, second))
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def _forms(parsed: Sequence[str], kind: "AnswerKind") -> list[str]:
    """One text for all SMILES, or all numbers, that are the same."""
    if kind == "number":
        return [repr(float(text)) if text else "" for text in parsed]
    if kind != "smiles":
        return list(parsed)
    from llamo.metrics.structure import canonical_forms, read_molecules

    canonical = canonical_forms(read_molecules(parsed))
    return [canonical.get(text, text) for text in parsed]
