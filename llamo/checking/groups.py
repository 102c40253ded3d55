"""Functional groups and rings by the names that chemists give them, as SMARTS. Knows no text but these names.

Names are used loosely: an "amine" may or may not be an amide's nitrogen. So each group has two patterns. `strict` is a
group that everybody would call so: whoever denies it is wrong. `loose` is whatever somebody may call so: whoever claims
it where there is none is wrong.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdkit.Chem import Mol


@dataclass(frozen=True)
class Group:
    """One group.

    Attributes:
        name: singular.
        words: regular expression of its names, plural included.
        strict: SMARTS.
        loose: SMARTS, default the strict ones.
    """

    name: str
    words: str
    strict: str
    loose: str = ""

    def fewest(self, mol: "Mol") -> int:
        """How many everybody sees."""
        return len(mol.GetSubstructMatches(self._patterns[0], maxMatches=10_000))

    def most(self, mol: "Mol") -> int:
        """How many somebody may see."""
        loose = len(mol.GetSubstructMatches(self._patterns[1], uniquify=True, maxMatches=10_000))
        return max(loose, self.fewest(mol))

    @cached_property
    def _patterns(self) -> tuple["Mol", "Mol"]:
        return _smarts(self.strict), _smarts(self.loose or self.strict)


@cache
def _smarts(text: str) -> "Mol":
    from rdkit import Chem

    pattern = Chem.MolFromSmarts(text)
    assert pattern is not None, text
    return pattern


def _read() -> tuple[Group, ...]:
    """The table beside this file: name, regular expression of names, strict and loose SMARTS (default the strict)."""
    lines = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    return tuple(Group(*line.split("\t")) for line in lines[1:])


# In order: where two names begin at one place, the first of the table counts.
GROUPS = _read()
_NAMED = re.compile(
    "|".join(rf"(?P<g{place}>\b(?:{group.words})(?![-\w]))" for place, group in enumerate(GROUPS)), re.I
)
# Words that belong to another group, a name or a class: amino acids, methyl esters of acids named by their alcohol.
_NO_GROUP = re.compile(
    r"\b(?:amino[- ]acids?|amine oxid\w+|\w+ amidases?|nucle\w+ acids?|crown ethers?|ether lipids?|"
    r"fatty (?:acid|alcohol) \w+|"
    r"\w+ (?:ether|ester)ases?|amide hydrolases?|alcohol dehydrogenases?|aldehyde dehydrogenases?)\b",
    re.I,
)


def with_article(name: str) -> str:
    """`an ester`, `a urea`."""
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def groups_in(text: str) -> list[tuple[Group, int, int]]:
    """Groups that a text names, each with the place where it does, from left to right; the longest name counts."""
    hidden = _NO_GROUP.sub(lambda match: "#" * len(match[0]), text)
    found = []
    for match in _NAMED.finditer(hidden):
        assert match.lastgroup is not None
        found.append((GROUPS[int(match.lastgroup[1:])], match.start(), match.end()))
    return found
