"""A question about molecules with its answer, as ids in which each molecule's graph tokens are known. No model runs."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import accumulate, pairwise

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
        graphs: list[MoleculeGraph],
        question: str,
        *,
        retrieve: int | None = None,
        with_smiles: bool = True,
    ) -> "Prompt":
        """The prompt of a question; `with_smiles=False` writes no SMILES, so that only the graphs speak."""
        if not with_smiles:
            processor = copy(processor)
            processor.include_smiles = False
        ids = processor([graphs], [question], retrieve=retrieve)["input_ids"][0].tolist()
        return cls(processor, ids, graphs)

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


def answer_ids(processor: LlamoProcessor, graphs: list[MoleculeGraph], question: str, answer: str) -> list[int]:
    """A given answer's ids, as training would write them behind the question.

    Raises:
        ValueError: the answer is empty.
    """
    if not answer.strip():
        raise ValueError("the answer to explain is empty; give its text, or leave it out to explain the model's own")
    return processor.encode_question(processor.conversation(graphs, question, answer))["labels"]
