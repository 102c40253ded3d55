"""Explains an answer: asks the model, reads its attention, leaves atoms out. Puts the other files together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import torch

from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import FOLDER
from llamo.evaluation.likelihood import until_end
from llamo.explain.attention import read
from llamo.explain.effects import measure, word_log_probabilities
from llamo.explain.explanation import GRAPH_ALONE, WITH_SMILES, ExplainedMolecule, Explanation
from llamo.explain.prompt import Prompt, answer_ids
from llamo.explain.variants import LeavingOut
from llamo.explain.words import split_words
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
    _check(left_out)
    model, processor = assistant.model, assistant.processor
    mols, graphs = _read(processor, molecules)
    motifs = [motif_atoms(mol) if len(graph.motif_features) else [] for mol, graph in zip(mols, graphs, strict=True)]
    prompts = {GRAPH_ALONE: Prompt.write(processor, graphs, question, retrieve=retrieve, with_smiles=False)}
    if processor.include_smiles and not graph_alone:
        prompts[WITH_SMILES] = Prompt.write(processor, graphs, question, retrieve=retrieve)
    asked = prompts.get(WITH_SMILES, prompts[GRAPH_ALONE])
    ids = _generate(model, asked, max_new_tokens) if answer is None else answer_ids(processor, graphs, question, answer)
    words, owners = split_words(processor.tokenizer, ids)
    read_by = read(model, asked, ids, owners) if attention else [None] * len(mols)
    options = {"how": left_out, "batch_size": batch_size}
    measured = {
        name: measure(model, prompt, motifs, ids, owners, **options) for name, prompt in prompts.items() if left_out
    }
    return Explanation(
        question,
        processor.decode(ids, skip_special_tokens=True).strip(),
        answer is None,
        words,
        word_log_probabilities(model, asked, [graphs], ids, owners)[0],
        [
            ExplainedMolecule(mol, motifs[row], read_by[row], {name: of[row] for name, of in measured.items()})
            for row, mol in enumerate(mols)
        ],
        left_out,
        _name(model),
    )


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
