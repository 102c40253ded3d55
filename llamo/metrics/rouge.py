"""ROUGE-1, ROUGE-2 and ROUGE-L F-measures as `rouge_score` gives them without stemming, averaged over rows.

Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", ACL workshop 2004.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.tokenizers import find_tokenizer

# Our names -> those of `rouge_score`.
NAMES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL"}


class RougeScorer(Scorer):
    """Scores `rouge_1`, `rouge_2` and `rouge_l`, from 0 to 1; columns of the same names hold each row's."""

    def __init__(self, *, tokenizer: str = "words"):
        self.tokenizer = find_tokenizer(tokenizer)

    @property
    def settings(self) -> dict[str, str]:
        """Apart from BLEU's and METEOR's tokenizer, which usually is another."""
        return {"rouge_tokenizer": self.tokenizer.title}

    def measure(self, pairs: Pairs) -> Columns:
        from rouge_score.rouge_scorer import RougeScorer as Rouge

        tokens = self.tokenizer.tokenize(pairs)
        rouge: Any = Rouge(list(NAMES.values()), tokenizer=_AsGiven())
        rows = [rouge.score(true, said) for true, said in zip(tokens.references, tokens.predictions, strict=True)]
        scores = {name: np.array([row[theirs].fmeasure for row in rows], float) for name, theirs in NAMES.items()}
        return {**scores, **tokens.columns}

    def summarise(self, columns: Columns) -> dict[str, float]:
        return {name: float(columns[name].mean()) for name in NAMES}


class _AsGiven:
    """For `rouge_score`, which else tokenizes text by text: takes what is tokenized already."""

    def tokenize(self, tokens: Sequence[str]) -> Sequence[str]:
        return tokens
