"""How far several answers to one question agree. Knows answers as they were read out of texts."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llamo.tasks.task import AnswerKind


def agreement(parsed: Sequence[str], kind: "AnswerKind" = "text") -> tuple[str, float]:
    """The answer of most samples, and their share of all: self-consistency (Wang et al., arXiv:2203.11171).

    Args:
        parsed: the answer read out of each sample; an empty text where there is none, which counts among all samples
            but is never the majority. Of equally frequent answers the first counts.
        kind: of answers; says when two are the same: SMILES of one structure, numbers of one value, equal texts.
    """
    if not parsed:
        raise ValueError("agreement needs at least one sampled answer, got none")
    forms = _forms(parsed, kind)
    counts = Counter(form for form in forms if form)
    if not counts:
        return "", 0.0
    majority, count = counts.most_common(1)[0]
    return parsed[forms.index(majority)], count / len(parsed)


def agreement_with(answer: str, parsed: Sequence[str], kind: "AnswerKind" = "text") -> float:
    """Share of samples that say the same as an answer; 0 where that is empty.

    Args:
        answer: as it was read.
        parsed: the answer read out of each sample.
        kind: of answers; see `agreement`.
    """
    if not parsed:
        raise ValueError("agreement needs at least one sampled answer, got none")
    form, *forms = _forms([answer, *parsed], kind)
    return forms.count(form) / len(forms) if form else 0.0


def _forms(parsed: Sequence[str], kind: "AnswerKind") -> list[str]:
    """One text for all that say the same."""
    if kind == "number":
        return [repr(float(text)) if text else "" for text in parsed]
    if kind != "smiles":
        return list(parsed)
    from llamo.metrics.structure import canonical_forms, read_molecules

    canonical = canonical_forms(read_molecules(parsed))
    return [canonical.get(text, text) for text in parsed]
