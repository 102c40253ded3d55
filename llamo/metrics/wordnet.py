"""WordNet's synonyms for METEOR: finds the database files (wndb(5WN)) and reads them where they are.

Gives the synonyms that NLTK's own reader gives. That reader is not used: it wants files that Debian's package lacks,
and NLTK from 3.10 on refuses folders and links that lead out of its data.
"""

import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

DEBIAN = Path("/usr/share/wordnet")
PARTS = ("noun", "verb", "adj", "adv")
FILES = tuple(name for part in PARTS for name in (f"index.{part}", f"data.{part}", f"{part}.exc"))
# Endings of inflected forms and what stands in their place in the base form; morphy(7WN).
ENDINGS = {
    "noun": "s: ses:s ves:f xes:x zes:z ches:ch shes:sh men:man ies:y",
    "verb": "s: ies:y es:e es: ed:e ed: ing:e ing:",
    "adj": "er: est: er:e est:e",
    "adv": "",
}
WAYS_OUT = (
    "install it with `apt-get install wordnet-base` or `python -m nltk.downloader wordnet`, "
    "or set LLAMO_WORDNET to the folder of data.noun"
)
Folder = Path | zipfile.Path


@dataclass(frozen=True)
class Lemma:
    """A word of a synset, with the interface of NLTK's."""

    text: str

    def name(self) -> str:
        return self.text


@dataclass(frozen=True)
class Synset:
    """Words of one meaning, with the interface of NLTK's."""

    words: tuple[Lemma, ...]

    def lemmas(self) -> tuple[Lemma, ...]:
        return self.words


class PartOfSpeech:
    """Nouns, verbs, adjectives or adverbs."""

    def __init__(self, folder: Folder, part: str):
        self.index = {line.split(" ", 1)[0]: line for line in _lines(folder, f"index.{part}") if line[0] != " "}
        self.exceptions = {line.split()[0]: line.split()[1:] for line in _lines(folder, f"{part}.exc")}
        self.data = folder.joinpath(f"data.{part}").read_bytes()
        self.endings = [ending.split(":") for ending in ENDINGS[part].split()]

    def base_forms(self, word: str) -> list[str]:
        """The word itself and what it may be a form of, as far as WordNet has them."""
        forms = self.exceptions.get(word)
        if forms is None:
            forms = [word.removesuffix(old) + new for old, new in self.endings if word.endswith(old)]
        return [form for form in dict.fromkeys([word, *forms]) if form in self.index]

    def synsets(self, word: str) -> list[Synset]:
        """Of the word's base forms, in WordNet's order."""
        return [self._synset(offset) for form in self.base_forms(word) for offset in self._offsets(form)]

    def _offsets(self, form: str) -> list[int]:
        # lemma, part of speech, number of synsets, ..., their offsets.
        fields = self.index[form].split()
        return [int(offset) for offset in fields[-int(fields[2]) :]]

    def _synset(self, offset: int) -> Synset:
        # offset, file, part of speech, number of words in base 16, word, sense, word, sense, ...
        line = self.data[offset : self.data.index(b"\n", offset)].decode()
        fields = line.split(" ")
        words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
        # An adjective may end in a mark of its place, such as "(p)".
        return Synset(tuple(Lemma(re.sub(r"\(.*\)$", "", word)) for word in words))


class WordNet:
    """Synonyms by word; takes the place of NLTK's reader in its METEOR."""

    def __init__(self, folder: Folder):
        self.folder = folder
        self.synsets = cache(self._synsets)

    @cached_property
    def version(self) -> str:
        """As its licence says, such as "3.0"."""
        with self.folder.joinpath("data.adj").open("rb") as file:
            found = re.search(rb"Word[Nn]et (\d\S*) Copyright", file.read(4096))
        return found.group(1).decode() if found else "of unknown version"

    @cached_property
    def _parts(self) -> Mapping[str, PartOfSpeech]:
        return {part: PartOfSpeech(self.folder, part) for part in PARTS}

    def _synsets(self, word: str) -> list[Synset]:
        return [synset for part in self._parts.values() for synset in part.synsets(word.lower())]


def _lines(folder: Folder, name: str) -> list[str]:
    return [line for line in folder.joinpath(name).read_text(encoding="utf-8").split("\n") if line]


def find_wordnet(path: str | Path | None = None) -> WordNet:
    """WordNet in a folder or zip: at `path`, else LLAMO_WORDNET, NLTK's data, Debian's wordnet-base.

    ValueError where there is none, or not all of it.
    """
    place = path or os.environ.get("LLAMO_WORDNET") or _installed()
    if place is None:
        raise ValueError(f"METEOR needs WordNet 3.0, which was not found; {WAYS_OUT}")
    folder = _folder(Path(place))
    if missing := [name for name in FILES if not folder.joinpath(name).is_file()]:
        raise ValueError(f"{place} is not WordNet, it lacks {', '.join(missing)}; {WAYS_OUT}")
    return WordNet(folder)


def _folder(place: Path) -> Folder:
    """The folder of the files, which NLTK's zip calls `wordnet`."""
    return zipfile.Path(place, "wordnet/") if place.is_file() and zipfile.is_zipfile(place) else place


def _installed() -> Path | None:
    from nltk.data import path as folders

    places = [Path(folder, "corpora", name) for folder in folders for name in ("wordnet", "wordnet.zip")]
    return next((place for place in [*places, DEBIAN] if place.exists()), None)
