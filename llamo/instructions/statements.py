"""The statements of a description in ChEBI's wording, one by one. Knows text only; other sentences are left alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z(\[])")
_WITHOUT_ARTICLE = re.compile(r"^(?:an?|the) ", re.I)
# Kind -> pattern of a whole sentence, what it says in `what`.
_PATTERNS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "what": r"^The molecule is (?P<what>.+)\.$",
        "roles": r"^It has a role as (?P<what>.+)\.$",
        "hydride": r"^It derives from a hydride of (?P<what>.+)\.$",
        "parent": r"^It (?:derives from|is functionally related to) (?P<what>.+)\.$",
        "conjugate acid of": r"^It is a conjugate acid of (?P<what>.+)\.$",
        "conjugate base of": r"^It is a conjugate base of (?P<what>.+)\.$",
        "tautomer": r"^It is a tautomer of (?P<what>.+)\.$",
        "enantiomer": r"^It is an enantiomer of (?P<what>.+)\.$",
        "contains": r"^It contains (?P<what>.+)\.$",
        "source": r"^(?:It (?:is|was|has been) )?(?:[Ii]solated from|[Ff]ound in|[Pp]roduced by) (?P<what>.+)\.$",
        "classes": r"^It is (?P<what>(?:an?|the) .+)\.$",
    }.items()
}
_SOURCE_VERB = re.compile(r"\b(isolated from|found in|produced by)\b", re.I)


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        kind: of it.
        what: what it says, as it is written.
        sentence: the whole.
    """

    kind: str
    what: str
    sentence: str

    @property
    def bare(self) -> str:
        """What it says, without the article in front."""
        return _WITHOUT_ARTICLE.sub("", self.what)

    @property
    def verb(self) -> str:
        """Of a source: isolated from, found in, produced by."""
        match = _SOURCE_VERB.search(self.sentence)
        return match[1].lower() if match else ""


def statements(description: str) -> Iterator[Statement]:
    """Of a description, in order."""
    for sentence in _SENTENCE.split(description.strip()):
        for kind, pattern in _PATTERNS.items():
            match = pattern.match(sentence)
            if match is not None:
                yield Statement(kind, match["what"], sentence)
                break
