"""A question about molecules with its answer, as ids in which each molecule's graph tokens are known. No model runs."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import torch

from processors import LlamoProcessor, MoleculeGraph
from processors.placeholders import num_graph_tokens


@dataclass(frozen=True)
class Prompt:
    """What stands in front of an answer.

    Attributes:
        processor: that wrote it.
        ids: with a placeholder for each graph token.
        graphs: its molecules, in the order of their placeholders.
    """

    processor: LlamoProcessor
    ids: list[int]
    graphs: list[MoleculeGraph]

    @classmethod
    def write(
        cls,
        processor: LlamoProcessor,
        messages: list[dict[str, Any]],
        graphs: list[MoleculeGraph],
        *,
        with_smiles: bool = True,
        sanitize: bool = False,
    ) -> "Prompt":
        """The prompt of a question or a talk.

        Args:
            processor: writes it.
            messages: as for `apply_chat_template`; the last one is the user's.
            graphs: the molecules in them, in order.
            with_smiles: write their SMILES too; without, only the graphs speak.
            sanitize: what reads like a special token is text.
        """
        if not with_smiles:
            processor = copy(processor)
            processor.include_smiles = False
        options: dict[str, Any] = {"tokenize": True, "return_dict": True, "sanitize_control_tokens": sanitize}
        written = processor.apply_chat_template([messages], add_generation_prompt=True, processor_kwargs={}, **options)
        return cls(processor, list(written["input_ids"][0]), graphs)

    def places(self) -> list[list[int]]:
        """Where the graph tokens of each molecule are."""
        found = [place for place, token in enumerate(self.ids) if token == self.processor.graph_token_id]
        return [found[start:end] for start, end in pairwise(accumulate(self._lengths(self.graphs), initial=0))]

    def _lengths(self, graphs: Sequence[MoleculeGraph]) -> list[int]:
        return [num_graph_tokens(graph, self.processor.num_graph_tokens) for graph in graphs]

    def inputs(self, rows: Sequence[Sequence[MoleculeGraph]]) -> dict[str, torch.Tensor]:
        """Model inputs, left-padded, of the same text about other graphs in each row.

        Where a molecule takes one token per atom, its placeholders change in number with it.
        """
        texts = [self._with_lengths(self._lengths(graphs)) for graphs in rows]
        options = {"padding": True, "padding_side": "left", "return_tensors": "pt"}
        padded = self.processor.tokenizer.pad({"input_ids": texts}, **options)
        packed = self.processor.feature_extractor.pack([graph for row in rows for graph in row], return_tensors="pt")
        return {"input_ids": padded["input_ids"], "attention_mask": padded["attention_mask"], **packed}

    def _with_lengths(self, lengths: Sequence[int]) -> list[int]:
        ids = list(self.ids)
        for places, length in reversed(list(zip(self.places(), lengths, strict=True))):
            ids[places[0] : places[-1] + 1] = [self.processor.graph_token_id] * length
        return ids


def answer_ids(processor: LlamoProcessor, answer: str) -> list[int]:
    """A given answer's ids, as training would write them behind any question.

    Raises:
        ValueError: the answer is empty.
    """
    if not answer.strip():
        raise ValueError("the answer to explain is empty; give its text, or leave it out to explain the model's own")
    return processor.encode_question(processor.conversation([], "?", answer))["labels"]
