"""Descriptions from several collections brought into the wording of ChEBI, or refused. Knows text only.

PCdes writes "it" for every name; GIT-Mol and PubChem324k join the texts of several depositors, not all of them open.
"""

import re

FEWEST_WORDS = 6

# A full stop that the next sentence follows without a space.
_JOINED = re.compile(r"(?<=[a-z)\]])\.(?=[A-Z(\[])")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z(\[]|it\b|\d)")
# How sentences of ChEBI begin; texts of other depositors begin with the name of the compound.
_CHEBI = re.compile(
    r"(The molecule|It|Its|Used|Isolated|Found|Obtained|Produced|Formed|Derived|Present|Commonly|Widely|A|An|In|The)\b"
)
# A first sentence with another subject: "it is a ..", "Aspirin is a ..".
_NAMED = re.compile(r"^\S.{0,160}? is (?=an? |the |one |any )")
_BROKEN = re.compile(r"\b(?:an?|of|the|from|to|with|and|or|by) it\b|\bit\(|\bit-|-it\b|\bit\[|\bit,|\(it\b|'it\b")
# What ChEBI called "derives from" when ChEBI-20 was made.
_RENAMED = re.compile(r"is functionally related to")
# Depositors whose text is not open or not about chemistry: HMDB, DrugBank, CAMEO, T3DB, FDA labels, LOTUS' lists.
_FOREIGN = re.compile(
    r"belongs to the class of|class of organic compounds known as|practically insoluble|Within the cell|"
    r"clinical trial|in trials|[Uu]nder investigation|physiologic effect|mechanism of action|\bSchedule\b|appears as a|"
    r"appears as colou?r|Standardized Chemical Allergen|data available|established pharmacologic|also known as|"
    r"National Institute|you can find information|Food and Drug|FDA|can be found in .* biofluids|weakly acidic|"
    r"relatively neutral molecule|orally available|antineoplastic activit|Check for|low potential for abuse|"
    r"flash point|[Cc]ontact may|inhalation|powder|granular|[Cc]olou?rless|crystalline solid|[Ss]oluble in water"
)


def chebi_style(text: str) -> str | None:
    """The sentences of a description that are ChEBI's, with "The molecule" as their subject; None where none are."""
    sentences = _SENTENCE.split(_JOINED.sub(". ", " ".join(text.split())))
    starts = ((number, _first(sentence)) for number, sentence in enumerate(sentences))
    number, first = next(((number, first) for number, first in starts if first), (0, None))
    if first is None:
        return None
    kept = [first]
    for sentence in sentences[number + 1 :]:
        sentence = "It" + sentence[2:] if sentence.startswith("it ") else sentence
        if not _CHEBI.match(sentence) or _FOREIGN.search(sentence):
            break
        if not _BROKEN.search(sentence):
            kept.append(sentence)
    description = _RENAMED.sub("derives from", " ".join(kept))
    return description if len(description.split()) >= FEWEST_WORDS else None


def _first(sentence: str) -> str | None:
    if not sentence.startswith("The molecule "):
        if not _NAMED.match(sentence):
            return None
        sentence = _NAMED.sub("The molecule is ", sentence, count=1)
    return None if _FOREIGN.search(sentence) or _BROKEN.search(sentence) else sentence
