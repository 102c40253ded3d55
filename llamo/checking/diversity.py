"""Near-duplicates, kinds of questions, distinct n-grams. Knows words only."""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from llamo.checking.conversation import Conversation
from llamo.checking.finding import Finding

# Words in a row that are compared, and the share of them (Jaccard) from which two conversations are the same.
SHINGLE, SAME = 4, 0.85
# MinHash (Broder 1997): so many bands of so many hashes each; two texts with Jaccard 0.85 meet with probability 0.9996.
_BANDS, _HASHES = 16, 4
_PRIME = np.uint64((1 << 61) - 1)
# Kinds of questions by their words; the first that fits counts.
_KINDS: tuple[tuple[str, str], ...] = (
    ("formula", r"\bformula\b"),
    ("name", r"\bname\b|\bcalled\b"),
    ("SMILES", r"\bSMILES\b"),
    ("mass", r"\b(?:mass|weight)\b"),
    ("charge", r"\bcharge"),
    ("conjugate", r"\bconjugate|proton|tautomer"),
    ("stereo", r"\b(?:stereo|chiral|achiral|enantiomer|R or S|configuration)"),
    ("number", r"\bhow many\b|\bnumber of\b|\bcount\b"),
    ("group", r"\bfunctional groups?\b|\bcontain\b|\bgroup\b|\bcan you find\b|\bis there\b"),
    ("role", r"\brole|\bused?\b|\bapplication|\bact|\bfunction\b|\bpurpose|\bmechanism"),
    ("parent", r"\bderive|\bparent\b|\bparent compound\b"),
    ("source", r"\bisolated\b|\bfound\b|\bsource\b|\boccur|\bproduced\b|\borganism"),
    ("class", r"\bclass|\bkind of\b|\btype of\b|\bcategor|\bbelong"),
    ("property", r"\blog ?[PDS]\b|\bsolub|\bpolar surface\b|\bproperty\b|\bproperties\b"),
    ("structure", r"\bstructur|\bskeleton|\bscaffold|\bring|\bsubstitu|\bhow is it made up"),
    ("description", r"\bdescri|\bsummar|\btell me|\boverview|\bwhat is (?:it|this)|\bintroduc"),
)
_PATTERNS = [(name, re.compile(pattern, re.I)) for name, pattern in _KINDS]


def kind_of(question: str) -> str:
    """Kind of a question."""
    return next((name for name, pattern in _PATTERNS if pattern.search(question)), "other")


class Duplicates:
    """Texts seen so far, to find those that repeat one."""

    def __init__(self):
        self._buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
        self._seen: dict[int, frozenset[int]] = {}

    def add(self, number: int, text: str) -> int | None:
        """The number of an earlier text that this one repeats; if there is none, it is kept."""
        own = _shingles(text)
        bands = list(enumerate(_bands(own)))
        candidates = sorted({other for band in bands for other in self._buckets[band]})
        same = next((other for other in candidates if _jaccard(own, self._seen[other]) >= SAME), None)
        if same is None:
            self._seen[number] = own
            for band in bands:
                self._buckets[band].append(number)
        return same


def check_duplicates(conversations: Sequence[Conversation]) -> Iterator[tuple[int, Finding]]:
    """Positions and findings of conversations that repeat an earlier one."""
    seen = Duplicates()
    for place, conversation in enumerate(conversations):
        earlier = seen.add(place, conversation.text)
        if earlier is not None:
            yield place, duplicate_of(conversations[earlier].row)


def duplicate_of(row: int) -> Finding:
    """The finding on a conversation that repeats the one of a row."""
    return Finding("diversity", "near-duplicate", None, f"repeats row {row}")


def measure(conversations: Sequence[Conversation]) -> dict[str, Any]:
    """Kinds of questions, distinct questions, distinct-n (Li et al., arXiv:1510.03055) of questions and answers."""
    questions = [turn.question for one in conversations for turn in one.turns]
    answers = [turn.answer for one in conversations for turn in one.turns]
    kinds = Counter(map(kind_of, questions))
    return {
        "question_kinds": dict(kinds.most_common()),
        "question_kind_entropy_bits": _entropy(kinds),
        "distinct_questions": len({" ".join(question.lower().split()) for question in questions}),
        "questions": len(questions),
        "distinct_n_questions": {n: _distinct(questions, n) for n in (1, 2, 3)},
        "distinct_n_answers": {n: _distinct(answers, n) for n in (1, 2, 3)},
    }


def _entropy(counts: Mapping[str, int]) -> float:
    shares = np.array(list(counts.values()), dtype=float)
    shares /= max(1.0, shares.sum())
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _distinct(texts: Iterable[str], n: int) -> float:
    """Different n-grams over all n-grams."""
    grams = Counter(
        gram for text in texts for gram in zip(*(_tokens(text)[start:] for start in range(n)), strict=False)
    )
    return len(grams) / max(1, grams.total())


def _shingles(text: str) -> frozenset[int]:
    tokens = _tokens(text)
    pieces = (" ".join(tokens[start : start + SHINGLE]) for start in range(max(1, len(tokens) - SHINGLE + 1)))
    return frozenset(zlib.crc32(piece.encode()) for piece in pieces)


def _jaccard(first: frozenset[int], second: frozenset[int]) -> float:
    return len(first & second) / max(1, len(first | second))


_GENERATOR = np.random.default_rng(0)
_FACTORS = _GENERATOR.integers(1, 1 << 28, _BANDS * _HASHES, dtype=np.uint64)
_SHIFTS = _GENERATOR.integers(0, 1 << 28, _BANDS * _HASHES, dtype=np.uint64)


def _bands(shingles: frozenset[int]) -> list[bytes]:
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    hashed = (values[:, None] * _FACTORS + _SHIFTS) % _PRIME
    lowest = hashed.min(axis=0).reshape(_BANDS, _HASHES)
    return [row.tobytes() for row in lowest]
