"""WordNet for tests: a very small one that is made here, and the real one where it is installed."""

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from llamo.metrics.wordnet import DEBIAN
from tests.paths import REPOSITORY

PLACES = (Path(os.environ.get("LLAMO_WORDNET") or "."), REPOSITORY / ".cache/wordnet/usr/share/wordnet", DEBIAN)
INSTALLED = next((place for place in PLACES if (place / "data.noun").is_file()), None)
needs_wordnet = pytest.mark.skipif(INSTALLED is None, reason="WordNet is not installed; `make wordnet` fetches it")

# Part of speech -> synsets, and inflected forms that no rule explains.
SYNSETS = {
    "noun": [["car", "auto", "motor_car"], ["acid"], ["acid", "LSD"], ["matrix"], ["alga"], ["class", "category"]],
    "verb": [["dissolve", "melt"], ["be", "exist"], ["class", "sort"]],
    "adj": [["able"], ["asleep(p)", "dormant(ip)"], ["big", "large"]],
    "adv": [["quickly", "fast"]],
}
EXCEPTIONS = {"noun": ["algae alga", "matrices matrix"], "verb": ["was be", "wat be"], "adj": [], "adv": []}
LICENCE = "  1 WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.  \n"
LETTERS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}


def write_wordnet(folder: Path) -> Path:
    """The small WordNet in the format of wndb(5WN)."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, synsets in SYNSETS.items():
        offsets = _write_data(folder / f"data.{part}", synsets, LETTERS[part])
        _write_index(folder / f"index.{part}", offsets, LETTERS[part])
        (folder / f"{part}.exc").write_text("".join(f"{line}\n" for line in EXCEPTIONS[part]))
    return folder


def _write_data(path: Path, synsets: Iterable[Sequence[str]], letter: str) -> dict[str, list[int]]:
    text, offsets = LICENCE, {}
    for words in synsets:
        for word in words:
            offsets.setdefault(word.split("(")[0].lower(), []).append(len(text))
        said = " ".join(f"{word} 0" for word in words)
        text += f"{len(text):08} 00 {letter} {len(words):02x} {said} 000 | a meaning  \n"
    path.write_text(text)
    return offsets


def _write_index(path: Path, offsets: Mapping[str, list[int]], letter: str) -> None:
    lines = [
        f"{word} {letter} {len(places)} 1 @ {len(places)} 0 {' '.join(f'{place:08}' for place in places)}  \n"
        for word, places in sorted(offsets.items())
    ]
    path.write_text(LICENCE + "".join(lines))


def nltk_reader(source: Path, folder: Path, monkeypatch):
    """NLTK's own reader, on a copy of `source` in `folder` with the files that it wants besides."""
    import nltk
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

    class Reader(WordNetCorpusReader):
        def map_wn(self, version="wordnet"):
            """Nothing: it would look for another WordNet in NLTK's data."""

    folder.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "lexnames").write_text("".join(f"{number:02}\tname.{number}\t1\n" for number in range(45)))
    for name in ("index.sense", "cntlist.rev"):
        (folder / name).touch()
    monkeypatch.setattr(nltk.data, "path", [*nltk.data.path, str(folder)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about other languages
        return Reader(str(folder), None)


def words_of(synsets) -> list[list[str]]:
    """Names of the words of each synset, of ours or NLTK's."""
    return [[lemma.name() for lemma in synset.lemmas()] for synset in synsets]
