"""One row -> what the collator takes, in compact numbers. Importable, so that it can be sent to other processes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from datasets import Features, List, Value
from jinja2 import TemplateError

from llamo.data.bad_row import Problem, RowError
from llamo.data.cache import key_of, processor_key
from llamo.data.leakage import leak_problem_text
from llamo.data.rows import NUMBER, RowReader, records
from llamo.data.structures import molecule_problem, structures_in
from processors import LlamoProcessor, MoleculeError
from processors.example import IGNORED_LABEL

# Graph columns are flat; the collator knows their widths. Rows without molecules have None.
GRAPH_TYPES = {
    "graph_node_ids": "uint8",
    "graph_edge_index": "uint16",
    "graph_edge_ids": "uint8",
    "graph_node_counts": "int32",
    "graph_edge_counts": "int32",
    "graph_motif_features": "uint8",
    "graph_motif_counts": "int32",
}
TEXT_TYPES = {"input_ids": "int32", "attention_mask": "int8", "labels": "int32"}
FEATURES = Features(
    {"source": Value("string"), NUMBER: Value("int64"), "length": Value("int32")}
    | {name: List(Value(kind)) for name, kind in (TEXT_TYPES | GRAPH_TYPES).items()}
)
# With what is wrong with the row (JSON); all other columns are None then.
MARKED_FEATURES = Features({**FEATURES, "bad": Value("string")})
# Where the processor says which conversation of the call it means; we say which row of the source.
_PLACE = re.compile(r"^row 0(, message (?P<turn>\d+))?: ")


@dataclass(frozen=True)
class RowEncoder:
    """Encodes rows of one source.

    Attributes:
        reader: makes a row's conversation.
        processor: encodes that.
        max_length: longer rows are bad, or cut with `truncation`.
        truncation: cut text of longer rows.
        options: more of `LlamoProcessor.encode_conversation`.
        held_out: structures that no row may have.
        ignore_stereo: they were taken without stereo.
    """

    reader: RowReader
    processor: LlamoProcessor
    max_length: int | None = None
    truncation: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    held_out: frozenset[str] | None = None
    ignore_stereo: bool = True

    def encode(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """One training example.

        Raises:
            RowError: the row cannot be trained on.
        """
        messages = self.reader.messages(record)
        try:
            if self.held_out:
                self._refuse_leak(messages)
            example = self._encode(messages)
        except Problem as problem:
            raise problem.at(self.reader.title, record[NUMBER]) from None
        return {"source": self.reader.title, NUMBER: record[NUMBER], "length": len(example["input_ids"]), **example}

    def __call__(self, batch: dict[str, list]) -> dict[str, list]:
        """Columns of a batch; a bad row has only `bad`."""
        rows = [self._mark(record) for record in records(batch)]
        return {name: [row.get(name) for row in rows] for name in MARKED_FEATURES}

    def key(self) -> str:
        """A hash of everything the result depends on besides the row."""
        limits = [self.max_length, self.truncation, self.options]
        return key_of("encoded", self.reader.settings(), processor_key(self.processor), limits)

    def _mark(self, record: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.encode(record)
        except RowError as error:
            return {"bad": json.dumps(error.bad.to_dict())}

    def _refuse_leak(self, messages: list[dict[str, Any]]):
        try:
            shared = structures_in(messages, ignore_stereo=self.ignore_stereo) & (self.held_out or frozenset())
        except MoleculeError as error:
            raise molecule_problem(error) from None
        if shared:
            structure = min(shared)
            raise Problem("leak", *leak_problem_text(structure, "held_out_structures"), structure)

    def _encode(self, messages: list[dict[str, Any]]) -> dict[str, np.ndarray]:
        limit = {"max_length": self.max_length, "truncation": True} if self.truncation and self.max_length else {}
        try:
            encoded = self.processor.encode_conversation(messages, **limit, **self.options)
        except MoleculeError as error:
            raise molecule_problem(error) from None
        except (ValueError, TemplateError) as error:
            raise _refusal(error, messages, cut=bool(limit)) from None
        self._check_length(encoded)
        types = TEXT_TYPES | GRAPH_TYPES
        return {name: compact(name, encoded[name], kind) for name, kind in types.items() if name in encoded}

    def _check_length(self, encoded: dict[str, Any]):
        length = len(encoded["input_ids"])
        if self.max_length is not None and length > self.max_length:
            reason = f"it has {length} tokens, max_length is {self.max_length}"
            raise Problem("too_long", reason, "raise max_length, shorten the row, or pass truncation=True", length)
        if all(label == IGNORED_LABEL for label in encoded["labels"]):
            remedy = "let its template mark the assistant's text in {% generation %} .. {% endgeneration %}"
            raise Problem("template", "no token of the answer is marked to be learned", remedy, length)


def compact(name: str, values: Any, kind: str) -> np.ndarray:
    """A flat array of a small type.

    Raises:
        Problem: a number does not fit, which takes a molecule of more than 65,535 atoms.
    """
    flat = np.asarray(values).reshape(-1)
    if flat.size and flat.max() > np.iinfo(kind).max:
        raise Problem("molecule", f"{name} reaches {flat.max()}", f"at most {np.iinfo(kind).max} fits; split it", name)
    return flat.astype(kind)


def _refusal(error: Exception, messages: list[dict[str, Any]], *, cut: bool) -> Problem:
    match = _PLACE.match(str(error))
    reason = str(error) if match is None else str(error)[match.end() :]
    if match is not None and match["turn"] is not None:
        reason = f"message {match['turn']}: {reason}"
    roles = [message["role"] for message in messages]
    if cut and "max_length" in reason:
        return Problem("too_long", reason, "raise max_length", roles)
    return Problem("template", reason, "the chat template or tokenizer refuses it: change the row or template", roles)
