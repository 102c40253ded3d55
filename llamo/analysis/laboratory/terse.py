"""Prepared conversations in few tokens: a molecule, then a word for each question and its answer. Knows no model.

`<s> SMILES <graph>.. rings 3 amide no` and `<s> SMILES <graph>.. description The molecule is ..`: most tokens of a
conversation are wording, which tiny models would have to learn first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from llamo.analysis.laboratory.material import Material, prepared
from llamo.compact.tensors import Ragged, TensorRows
from llamo.demo.questions import QUESTION_TYPES
from processors import LlamoProcessor

DESCRIPTION = "description"
# The word that asks for each fact, one token of the compact model's tokenizer. Formulas are left out: no such model
# gets one right.
WORDS = {
    "rings": "rings",
    "aromatic rings": "aromatic",
    "carbon atoms": "carbon",
    "nitrogen atoms": "nitrogen",
    "oxygen atoms": "oxygen",
    "heavy atoms": "heavy",
    "H-bond donors": "donors",
    "H-bond acceptors": "acceptors",
    "halogen": "halogen",
    "C=C double bond": "double",
    "hydroxyl group": "alcohol",
    "carboxylic acid": "carboxylic",
    "ester": "ester",
    "carbonyl group": "carbonyl",
    "amide": "amide",
    "amine": "amine",
    "aromatic ring": "ring",
    "net charge": "charge",
}


def terse(
    folder: Path,
    *,
    data: Path | None = None,
    facts: int = 6000,
    descriptions: int = 0,
    molecules: int = 60,
) -> Material:
    """`prepared`, in few tokens.

    Args:
        folder: see `prepared`.
        data: see `prepared`.
        facts: conversations of facts.
        descriptions: to learn from; 0 measures on none either.
        molecules: whose facts are measured.
    """
    long = prepared(folder, data=data, facts=facts, captions=150, molecules=molecules)
    kinds = long.train.kinds
    talks = np.flatnonzero(kinds == long.train.names.index("talk"))
    talks = np.random.default_rng(0).permutation(talks)[:descriptions]
    asked = np.flatnonzero(kinds == long.train.names.index("facts"))
    writer = _Writer(long.processor)
    train = [writer.row(long.train, row) for row in [*talks.tolist(), *asked.tolist()]]
    wanted = {name: rows for name, rows in long.tests.items() if descriptions or name != "captions"}
    tests = {name: [writer.row(rows, row) for row in range(len(rows))] for name, rows in wanted.items()}
    return replace(
        long,
        train=_rows(long.train, train),
        tests={name: _rows(long.tests[name], found) for name, found in tests.items()},
    )


class _Writer:
    """Writes rows anew; tokens of SMILES and answers stay."""

    def __init__(self, processor: LlamoProcessor):
        self.tokenizer = processor.tokenizer
        self.start = [processor.tokenizer.bos_token_id]
        self.words = {key: self._word(word) for key, word in (WORDS | {DESCRIPTION: DESCRIPTION}).items()}
        self.keys = {phrasing: kind.key for kind in QUESTION_TYPES for phrasing in kind.phrasings}
        self.graph, self.end = [processor.graph_token_id], processor.tokenizer.eos_token_id

    def _word(self, word: str) -> list[int]:
        return self.tokenizer(f" {word}", add_special_tokens=False)["input_ids"]

    def row(self, rows: TensorRows, number: int) -> tuple[int, str, list[int], list[int], tuple[int, int]]:
        """Molecule, kind, ids, which of them are learned, and where the SMILES stands."""
        start, end = rows.written[number].tolist()
        spelling = rows.ids[number][start:end].tolist()
        ids, learned = [*self.start, *spelling, *self.graph], [0] * (len(spelling) + 2)
        kinds = []
        for kind, answer in self._asked(rows, number):
            ids += [*self.words[kind], *answer]
            learned += [0] * len(self.words[kind]) + [1] * len(answer)
            kinds.append(kind)
        kind = kinds[0] if len(kinds) == 1 else "facts"
        return int(rows.molecules[number][0]), kind, ids, learned, (1, 1 + len(spelling))

    def _asked(self, rows: TensorRows, number: int) -> Iterator[tuple[str, list[int]]]:
        """Kinds and answers that are asked tersely; of a talk, the description."""
        ids, answered = rows.ids[number], rows.answered[number].astype(int)
        edges = np.flatnonzero(np.diff(answered, prepend=0, append=0)).reshape(-1, 2)
        name = rows.names[rows.kinds[number]]
        before = int(np.flatnonzero(ids == self.graph[0])[-1]) + 1
        for first, last in edges.tolist():
            answer = ids[first:last].tolist()
            if name in ("talk", DESCRIPTION):
                yield DESCRIPTION, answer
                return
            text = self.tokenizer.decode(ids[before:first], skip_special_tokens=True)
            key = self.keys.get(text.removesuffix("Assistant:\n").split("User:\n")[-1].strip())
            if key in WORDS:
                yield key, [token for token in answer if token != self.end]
            before = last


def _rows(graphs: TensorRows, found: Sequence[tuple[int, str, list[int], list[int], tuple[int, int]]]) -> TensorRows:
    """Rows with the molecules of others; those that ask nothing are left out."""
    found = [row for row in found if any(row[3])]
    molecules, kinds, ids, learned, written = zip(*found, strict=True)
    names = sorted(set(kinds))
    return TensorRows(
        Ragged.of([np.array(one) for one in ids], np.uint16),
        Ragged.of([np.array(one) for one in learned], np.uint8),
        Ragged.of([np.array([one]) for one in molecules], np.int32),
        np.array(written, np.int16),
        np.array([names.index(kind) for kind in kinds], np.uint8),
        names,
        graphs.graphs,
    )
