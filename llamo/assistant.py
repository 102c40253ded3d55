"""Questions about molecules to a trained LLaMo, answered with confidences. Batches, no task and no metric."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from llamo.evaluation.likelihood import log_probabilities, until_end
from llamo.loading import choose_device, load_pair, loading_options, put_on
from llamo.quiet import quiet
from processors import LlamoProcessor

DESCRIBE = "Describe this molecule."


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        smiles: of the molecule; None where the question was about none.
        question: as it was asked.
        text: the answer.
        confidence: geometric mean probability of the answer's tokens, 0 to 1. How far it can be trusted is measured on
            the model's card.
    """

    smiles: str | None
    question: str
    text: str
    confidence: float


class Assistant:
    """A model with its processor.

    Args:
        model: a LLaMo.
        processor: of it.
    """

    def __init__(self, model: Any, processor: LlamoProcessor):
        self.model, self.processor = model.eval(), processor

    @classmethod
    def load(
        cls, path: str | Path, *, device: str | None = None, dtype: str | None = None, load_in_4bit: bool = False
    ) -> "Assistant":
        """From a folder or Hub id.

        Args:
            path: see above.
            device: where it computes; None takes a GPU if there is one.
            dtype: see `loading_options`.
            load_in_4bit: quantise the language model by bitsandbytes.

        Raises:
            ValueError: torch finds no such device, there is no such dtype, bitsandbytes is missing, or see `load_pair`.
        """
        device = choose_device(device)
        options = loading_options(device, dtype=dtype, load_in_4bit=load_in_4bit)
        with quiet():
            model, processor = load_pair(path, **options)
        return cls(put_on(model, device), processor)

    @torch.inference_mode()
    def ask(
        self,
        smiles: Sequence[str | None],
        questions: str | Sequence[str] = DESCRIBE,
        *,
        retrieve: int | None = None,
        max_new_tokens: int = 256,
        batch_size: int = 16,
        **options: Any,
    ) -> list[Reply]:
        """Answers, in order.

        Args:
            smiles: a molecule for each question, or None.
            questions: one for all, or one for each.
            retrieve: captions of so many similar molecules stand in the prompt; default the processor's own number.
            max_new_tokens: of an answer.
            batch_size: questions at a time.
            options: of `generate`; greedy by default.

        Raises:
            MoleculeError: a molecule cannot be read.
            ValueError: as many questions as molecules are needed, there is no index to retrieve from, or a question
                and its answer are longer than the model reads.
        """
        asked = [questions] * len(smiles) if isinstance(questions, str) else list(questions)
        if len(asked) != len(smiles):
            raise ValueError(f"got {len(smiles)} molecules and {len(asked)} questions; pair them")
        options = {"do_sample": False, "max_new_tokens": max_new_tokens, **options}
        extractor, replies = self.processor.feature_extractor, []
        molecules = [one if one is None else extractor.featurize(one, row=row) for row, one in enumerate(smiles)]
        for start in range(0, len(asked), batch_size):
            rows = slice(start, start + batch_size)
            inputs = self.processor(molecules[rows], asked[rows], retrieve=retrieve).to(self.model.device)
            self.check_length(inputs["attention_mask"].sum(-1).tolist(), options["max_new_tokens"], first_row=start)
            generated = self.model.generate(**inputs, **options)[:, inputs["input_ids"].shape[1] :]
            made = [until_end(ids, self.model.generation_config.eos_token_id) for ids in generated.tolist()]
            totals = log_probabilities(self.model, inputs, made).tolist()
            for one, question, ids, total in zip(smiles[rows], asked[rows], made, totals, strict=True):
                text = self.processor.decode(ids, skip_special_tokens=True).strip()
                replies.append(Reply(one, question, text, math.exp(total / len(ids))))
        return replies

    def check_length(self, lengths: Sequence[int], max_new_tokens: int, *, first_row: int = 0):
        """Raises a ValueError for the first prompt that leaves no room for the answer; `lengths` are in tokens."""
        limit = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        for row, length in enumerate(lengths, start=first_row):
            if limit is not None and length + max_new_tokens > limit:
                raise ValueError(
                    f"row {row}: the question takes {length} tokens and its answer up to {max_new_tokens}, but the "
                    f"model reads {limit}; ask about a smaller molecule, or lower max_new_tokens"
                )
