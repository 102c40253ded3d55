"""How probable true answers are to a model, and which of them it would give. Knows rows and models, no chemistry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from llamo.compact.answers import answers, questions
from llamo.compact.batches import padded_groups
from llamo.compact.tensors import TensorRows
from llamo.metrics.bleu import BleuScorer
from llamo.metrics.scorer import Pairs, score
from modeling_llamo import LlamoForConditionalGeneration
from modeling_llamo.loss import next_tokens
from modeling_llamo.text import rule_out, transform_logits
from processors import LlamoDataCollator
from processors.example import IGNORED_LABEL

MAX_TOKENS = 4096


@dataclass(frozen=True)
class RowScores:
    """The answers of rows, token by token given the true tokens before.

    Attributes:
        loss: (rows,) summed negative log-likelihood in nats.
        tokens: (rows,) tokens of the answer.
        right: (rows,) whether every token is the likeliest, that is, whether greedy search gives the answer.
    """

    loss: np.ndarray
    tokens: np.ndarray
    right: np.ndarray


@torch.inference_mode()
def score_rows(
    model: LlamoForConditionalGeneration, collate: LlamoDataCollator, examples: Sequence[Mapping[str, Any]]
) -> RowScores:
    """Scores examples, as `TensorRows` gives them, in evaluation mode; the model's mode is kept."""
    training, device = model.training, model.device
    model.eval()
    found = torch.zeros(3, len(examples), dtype=torch.float64)
    examples = [dict(examples[row]) for row in range(len(examples))]
    lengths = np.array([len(example["input_ids"]) for example in examples])
    for group in padded_groups(lengths, MAX_TOKENS, seed=(0,)) if len(examples) else []:
        inputs = {name: value.to(device) for name, value in collate([examples[row] for row in group]).items()}
        found[:, group] = _scores(model, inputs).cpu()
    model.train(training)
    return RowScores(found[0].numpy(), found[1].numpy().astype(int), found[2].numpy() == found[1].numpy())


def _scores(model: LlamoForConditionalGeneration, inputs: dict[str, Any]) -> torch.Tensor:
    """(3, B) summed loss, tokens, and tokens that are the likeliest."""
    targets = next_tokens(inputs.pop("labels"))
    states = model.model(**inputs).last_hidden_state
    rows, places = (targets != IGNORED_LABEL).nonzero(as_tuple=True)
    logits = transform_logits(model.lm_head(states[rows, places]), model.config.text_config)
    logits = rule_out(logits, model.config.graph_token_id).float()
    wanted = targets[rows, places]
    losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none").double()
    likeliest = (logits.argmax(-1) == wanted).double()
    empty = losses.new_zeros(3, len(targets))
    return empty.index_add(1, rows, torch.stack([losses, torch.ones_like(losses), likeliest]))


def bleu_4(model: LlamoForConditionalGeneration, collate: LlamoDataCollator, rows: TensorRows) -> float:
    """BLEU-4, from 0 to 1, of greedy answers in the words of the text."""
    processor = collate.processor
    asked = questions(rows, "both", graph_token_id=processor.graph_token_id)
    asking = LlamoDataCollator(processor, for_generation=True)
    said = dict(answers(model.eval(), asking, asked, batch_size=32, do_sample=False, max_new_tokens=96))
    texts = [processor.decode(said[row], skip_special_tokens=True) for row in range(len(rows))]
    truths = [processor.decode(one["labels"], skip_special_tokens=True) for one in asked]
    return score(BleuScorer(tokenizer="words"), Pairs(texts, truths), resamples=0)["bleu_4"].value
