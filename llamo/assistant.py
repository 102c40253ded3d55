"""Questions about molecules to a trained LLaMo, answered with confidences. Batches, no task and no metric."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoProcessor

from llamo.evaluation.likelihood import log_probabilities, until_end
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
    def load(cls, path: str | Path, *, device: str = "cpu") -> "Assistant":
        """From a folder or Hub id."""
        with quiet():
            model, processor = AutoModel.from_pretrained(path), AutoProcessor.from_pretrained(path)
        if device == "cpu":
            model = model.float()  # faster there than bfloat16
        return cls(model.to(device), processor)

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
            ValueError: as many questions as molecules are needed, or there is no index to retrieve from.
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
            generated = self.model.generate(**inputs, **options)[:, inputs["input_ids"].shape[1] :]
            made = [until_end(ids, self.model.generation_config.eos_token_id) for ids in generated.tolist()]
            totals = log_probabilities(self.model, inputs, made).tolist()
            for one, question, ids, total in zip(smiles[rows], asked[rows], made, totals, strict=True):
                text = self.processor.decode(ids, skip_special_tokens=True).strip()
                replies.append(Reply(one, question, text, math.exp(total / len(ids))))
        return replies
