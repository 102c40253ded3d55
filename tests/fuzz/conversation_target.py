"""Rows of training data through the schema and the encoder: each is an example or a bad row with its number."""

import json
from random import Random
from typing import Any

from llamo.data.bad_row import RowError
from llamo.data.encoder import RowEncoder
from llamo.data.rows import JSON, NUMBER, RowReader
from processors import LlamoProcessor
from tests.fuzz.laws import hold, refusal
from tests.fuzz.prompt_target import GRAPHS, processors
from tests.fuzz.smiles import mutate
from tests.fuzz.texts import dumps, hostile, mutate_bytes, mutate_value

_NUMBER = 41


class ConversationTarget:
    """See the module."""

    name = "conversations"

    def __init__(self, seeds: tuple[str, ...]):
        self.seeds = seeds
        own = processors()
        own.pop("chatml")  # its template does not mark answers
        reader = RowReader("data")
        self.encoders = [RowEncoder(reader, one, max_length=4_000) for one in own.values()]

    def make(self, random: Random) -> str:
        """A line of JSON."""
        row: Any = self._row(random)
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            row = mutate_value(row, random)
        line = dumps(row)
        if random.random() < 0.15:
            line = mutate_bytes(line, random)
        return line.decode("utf-8", "surrogateescape" if random.random() < 0.1 else "replace")

    def _molecule(self, random: Random) -> str:
        return mutate(random, self.seeds) if random.random() < 0.2 else random.choice(self.seeds)

    def _row(self, random: Random) -> dict[str, Any]:
        question = random.choice(("What is <graph>?", "What is it?", hostile(random)))
        if random.random() < 0.4:
            return {
                "smiles": self._molecule(random),
                "instruction": question,
                "output": random.choice(("An acid.", hostile(random))),
            }
        part = {"type": "molecule", "smiles": self._molecule(random)}
        turns = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": random.choice((question, [part, {"type": "text", "text": question}]))},
            {"role": "assistant", "content": random.choice(("It is.", hostile(random)))},
            {"role": "user", "content": hostile(random)},
            {"role": "assistant", "content": "Yes."},
        ]
        row: dict[str, Any] = {"messages": turns[random.choice((0, 1)) : random.choice((3, 5))]}
        return row | ({"molecules": [self._molecule(random)]} if random.random() < 0.4 else {})

    def check(self, made: str, random: Random) -> str:
        """An example has its molecules' graph tokens and no others, and learns tokens that are there."""
        encoder = random.choice(self.encoders)
        try:
            example = encoder.encode({JSON: made, NUMBER: _NUMBER})
        except RowError as error:
            hold((error.bad.row, error.bad.source) == (_NUMBER, "data"), "the refusal names source and row")
            json.dumps(error.bad.to_dict()).encode()
            return refusal(error, kind=error.bad.category)
        _check_example(encoder.processor, example, made)
        return "accepted: example"


def _check_example(processor: LlamoProcessor, example: dict[str, Any], made: str):
    ids, labels = example["input_ids"].tolist(), example["labels"].tolist()
    graphs = len(example.get("graph_node_counts", ()))
    hold(example[NUMBER] == _NUMBER and example["length"] == len(ids) == len(labels), "rows keep number and length")
    hold(ids.count(processor.graph_token_id) == GRAPHS * graphs, "graph tokens of its molecules only")
    hold(any(label != -100 for label in labels), "something is learned")
    hold(all(label in (-100, token) for label, token in zip(labels, ids, strict=True)), "labels are the tokens")
    hold(processor.graph_token_id not in labels, "no graph token is learned")
    turns = json.loads(made).get("messages") or [{"role": "assistant"}]
    answers, ends = sum(turn["role"] == "assistant" for turn in turns), processor.tokenizer.eos_token_id
    hold(ids.count(ends) == labels.count(ends) == answers, "each answer ends once, and nothing else does")
