"""What an answer loses when the tokens of a level say nothing: log-probabilities by a trained model. Plain numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from llamo.analysis.over_smoothing.molecules import Molecules
from llamo.analysis.over_smoothing.tokens import without
from llamo.assistant import DESCRIBE
from llamo.demo.questions import QUESTION_TYPES
from llamo.evaluation.likelihood import log_probabilities, until_end
from llamo.explain.prompt import Prompt, answer_ids
from modeling_llamo import LlamoGraphFeatures
from processors import LlamoProcessor

# Questions of the demo whose true answers are asked for; and a description, whose answer is the model's own.
ASKED = ("rings", "aromatic rings", "oxygen atoms", "hydroxyl group", "ester", "amide")
DESCRIPTION = "description"
_ROWS = 30
_LONGEST = 100


def variants(parts: Sequence[str]) -> dict[str, dict[str, bool]]:
    """Which parts say nothing: none, all, one alone, all but one."""
    names = list(dict.fromkeys(parts))
    found = {"whole": {}, "none": dict.fromkeys(names, True)}
    for name in names:
        found[f"without {name}"] = {name: True}
        found[f"only {name}"] = {other: other != name for other in names}
    return found


def measure(
    model: Any, processor: LlamoProcessor, molecules: Molecules, tokens: torch.Tensor, parts: Sequence[str]
) -> dict[str, dict[str, list[float]]]:
    """Log-probability of answers, in nats, by question and variant, a number per molecule.

    The prompt holds no SMILES: what the model knows of a molecule comes through its graph tokens.

    Args:
        model: a LLaMo in eval mode.
        processor: of it.
        molecules: asked about.
        tokens: (G, K, d) their graph tokens.
        parts: of the K tokens.
    """
    kinds = {kind.key: kind for kind in QUESTION_TYPES}
    found = {}
    for key in (*ASKED, DESCRIPTION):
        question = DESCRIBE if key == DESCRIPTION else kinds[key].phrasings[0]
        graph = molecules.graphs[0]
        messages = processor.conversation([graph], question)
        prompt = Prompt.write(processor, messages, [graph], with_smiles=False)
        if key == DESCRIPTION:
            answers = _own_answers(model, prompt, molecules, tokens)
        else:
            truths = [kinds[key].answer(one.mol) for one in molecules.named]
            answers = [answer_ids(processor, truth) for truth in truths]
        found[key] = {
            name: _logs(model, prompt, molecules, without(tokens, parts, gone), answers)
            for name, gone in variants(parts).items()
        }
    return found


def _inputs(prompt: Prompt, molecules: Molecules, tokens: torch.Tensor, rows: slice) -> dict[str, Any]:
    """Model inputs of some molecules with these graph tokens in place of their graphs."""
    made = prompt.inputs([[graph] for graph in molecules.graphs[rows]])
    text = {name: made[name].to(tokens.device) for name in ("input_ids", "attention_mask")}
    return text | {"mm_encoder_outputs": {"graph": LlamoGraphFeatures(pooler_output=tokens[rows])}}


def _batches(molecules: Molecules) -> list[slice]:
    return [slice(start, start + _ROWS) for start in range(0, len(molecules.graphs), _ROWS)]


def _logs(
    model: Any, prompt: Prompt, molecules: Molecules, tokens: torch.Tensor, answers: Sequence[Sequence[int]]
) -> list[float]:
    found: list[float] = []
    for rows in _batches(molecules):
        inputs: Mapping[str, Any] = _inputs(prompt, molecules, tokens, rows)
        found += log_probabilities(model, inputs, answers[rows]).tolist()
    return found


@torch.inference_mode()
def _own_answers(model: Any, prompt: Prompt, molecules: Molecules, tokens: torch.Tensor) -> list[list[int]]:
    """What the model says, greedily, at most `_LONGEST` tokens."""
    found = []
    for rows in _batches(molecules):
        inputs = _inputs(prompt, molecules, tokens, rows)
        made = model.generate(**inputs, do_sample=False, max_new_tokens=_LONGEST)[:, inputs["input_ids"].shape[1] :]
        found += [until_end(ids, model.generation_config.eos_token_id) for ids in made.tolist()]
    return found
