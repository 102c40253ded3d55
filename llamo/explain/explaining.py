"""Explains an answer: asks the model, reads its attention, leaves atoms out. Puts the other files together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch

from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import FOLDER
from llamo.evaluation.likelihood import until_end
from llamo.explain.asked import Asked
from llamo.explain.attention import Attention, read
from llamo.explain.effects import Effects, measure, unknown_atom, word_log_probabilities
from llamo.explain.explanation import ExplainedMolecule, Explanation
from llamo.explain.prompt import Prompt, answer_ids
from llamo.explain.steps import Steps, finish
from llamo.explain.variants import LeavingOut
from llamo.explain.words import split_words
from modeling_llamo.projector.base import NoAttentionError
from processors import LlamoProcessor, MoleculeGraph
from processors.molecule import parse
from processors.motifs import motif_atoms


def explain(
    assistant: Assistant,
    molecules: Any,
    question: str = DESCRIBE,
    *,
    answer: str | None = None,
    graph_alone: bool = False,
    attention: bool = True,
    left_out: LeavingOut | None = "remove",
    retrieve: int | None = None,
    max_new_tokens: int = 256,
    batch_size: int = 32,
) -> Explanation:
    """What an answer about molecules was read from, and which atoms it hangs on.

    Args:
        assistant: a model with its processor.
        molecules: a molecule (SMILES, RDKit `Mol`, mol block), or several that the question is about.
        question: in plain words; `<graph>` stands for a molecule where there are several.
        answer: to explain; None asks the model, greedily.
        graph_alone: write no SMILES in the prompt, so that only the graph speaks.
        attention: read attention weights.
        left_out: how atoms are left out, see `leave_out`; None leaves none out. Effects are measured with the graph
            alone in the prompt and, unless `graph_alone`, with the SMILES of the whole molecule beside it.
        retrieve: captions of so many similar molecules stand in the prompt; default the processor's own number.
        max_new_tokens: of the model's own answer.
        batch_size: variants of the molecule at a time.

    Raises:
        MoleculeError: a molecule cannot be read.
        ValueError: no molecule, an empty answer, an unknown `left_out`, or a model without attention to atoms.
    """
    processor = assistant.processor
    mols, graphs = _read(processor, molecules)
    retrieve = processor.retrieve if retrieve is None else retrieve
    prompted = processor.with_captions(question, graphs, retrieve) if retrieve else question
    messages = processor.conversation(graphs, prompted)
    asked = Asked.write(processor, question, messages, mols, graphs, graph_alone=graph_alone)
    ids = None if answer is None else answer_ids(processor, answer)
    options = {"attention": attention, "left_out": left_out, "batch_size": batch_size}
    return finish(explain_in_steps(assistant.model, asked, ids, max_new_tokens=max_new_tokens, **options))


def explain_in_steps(
    model: Any,
    asked: Asked,
    answer: Sequence[int] | None = None,
    *,
    attention: bool | None = True,
    left_out: LeavingOut | None = "remove",
    max_new_tokens: int = 256,
    batch_size: int = 32,
) -> Steps[Explanation]:
    """As `explain`, in steps that each run the model once; in the first of them it does not run on a given answer.

    Args:
        model: a LLaMo.
        asked: what it was asked.
        answer: ids to explain; None asks the model, greedily.
        attention: read attention weights; None reads them where the model shows them.
        left_out: see `explain`.
        max_new_tokens: see `explain`.
        batch_size: see `explain`.
    """
    _check(left_out)
    processor, graphs = asked.prompt.processor, asked.prompt.graphs
    motifs = [
        motif_atoms(mol) if len(graph.motif_features) else [] for mol, graph in zip(asked.mols, graphs, strict=True)
    ]
    ids = _generate(model, asked.prompt, max_new_tokens) if answer is None else list(answer)
    words, owners = split_words(processor.tokenizer, ids)
    text = processor.decode(ids, skip_special_tokens=True).strip()
    blank = unknown_atom(asked.prompt)
    yield
    read_by = _attention(model, asked.prompt, ids, owners, attention)
    yield
    measured: dict[str, list[Effects]] = {}
    for name, prompt in asked.prompts.items() if left_out else ():
        options = {"blank": blank, "how": left_out, "batch_size": batch_size}
        measured[name] = yield from measure(model, prompt, motifs, ids, owners, **options)
    logs = yield from word_log_probabilities(model, asked.prompt, [graphs], ids, owners)
    molecules = [
        ExplainedMolecule(mol, motifs[row], read_by[row], {name: of[row] for name, of in measured.items()})
        for row, mol in enumerate(asked.mols)
    ]
    return Explanation(asked.question, text, answer is None, words, logs[0], molecules, left_out, _name(model))


def _attention(
    model: Any, prompt: Prompt, ids: Sequence[int], owners: np.ndarray, wanted: bool | None
) -> Sequence[Attention | None]:
    if wanted is not False:
        try:
            return read(model, prompt, ids, owners)
        except NoAttentionError:
            if wanted:
                raise
    return [None] * len(prompt.graphs)


def _check(left_out: str | None):
    if left_out not in (*get_args(LeavingOut), None):
        raise ValueError(f"left_out is 'remove', 'mask' or None, got {left_out!r}")


def _read(processor: LlamoProcessor, molecules: Any) -> tuple[list[Any], list[MoleculeGraph]]:
    """RDKit's molecules and their graphs, whose atoms have the same numbers."""
    given = list(molecules) if isinstance(molecules, list | tuple) else [molecules]
    if not given:
        raise ValueError("no molecule to explain an answer by: give one or more, such as 'CCO'")
    extractor = processor.feature_extractor
    mols = [parse(one, row=row, max_atoms=extractor.max_atoms) for row, one in enumerate(given)]
    return mols, [extractor.featurize(mol, row=row) for row, mol in enumerate(mols)]


@torch.inference_mode()
def _generate(model: Any, prompt: Prompt, max_new_tokens: int) -> list[int]:
    inputs = {name: tensor.to(model.device) for name, tensor in prompt.inputs([prompt.graphs]).items()}
    made = model.generate(**inputs, do_sample=False, max_new_tokens=max_new_tokens)
    ids: Sequence[int] = made[0, len(prompt.ids) :].tolist()
    return until_end(ids, model.generation_config.eos_token_id)


def _name(model: Any) -> str:
    path = str(getattr(model.config, "_name_or_path", "") or "")
    return "llamo-compact" if path and Path(path) == FOLDER else path
