"""From the data folder to everything a training run reads: rows as tensors, tokenizer, processor, retrieval index."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from llamo.compact import sources, tensors
from llamo.compact.rows import Row, RowMaker, count
from llamo.compact.sources import HeldOut
from llamo.training.tokenizer import build_tokenizer
from processors import LlamoProcessor, MoleculeError
from processors.retrieval import CaptionIndex

PROCESSOR, TRAIN, VALIDATION, REPORT = "processor", "train", "validation", "report.json"


@dataclass(frozen=True)
class Amounts:
    """How much of each kind of data.

    Attributes:
        caption_copies: prompts made of one description.
        fact_molecules: that RDKit answers questions about.
        property_rows: of one property task, at most.
        refusals: molecules that are asked about in vain.
        vocab_size: of the tokenizer.
        max_tokens: longer rows are cut.
    """

    caption_copies: int = 4
    fact_molecules: int = 60_000
    property_rows: int = 6_000
    refusals: int = 2_000
    vocab_size: int = 6_000
    max_tokens: int = 512


def prepare(data_folder: Path, folder: Path, amounts: Amounts, *, seed: int = 0) -> dict[str, Any]:
    """Writes the folder, and gives the report that is written there."""
    held_out = HeldOut(data_folder)
    descriptions = list(sources.descriptions(data_folder, held_out))
    properties = list(sources.task_questions(data_folder, held_out, limit=amounts.property_rows))
    molecules = sources.molecules(data_folder, held_out, limit=amounts.fact_molecules, seed=seed)
    structures = {question.smiles: held_out.structure(question.smiles) or "" for question in descriptions}
    index = CaptionIndex([one.smiles for one in descriptions], [one.answer for one in descriptions])
    maker = RowMaker(index, structures, seed=seed)
    rows = [
        *maker.descriptions(descriptions, copies=amounts.caption_copies),
        *maker.single(properties),
        *maker.talks(descriptions),
        *maker.facts(molecules),
        *maker.refusals(molecules[: amounts.refusals]),
    ]
    unseen = sources.validation(data_folder)
    check = RowMaker(index, {one.smiles: "" for one in unseen}, seed=seed + 1)
    checks = [*check.descriptions(unseen, copies=1), *check.facts([one.smiles for one in unseen])]
    processor = _processor([text for row in rows for turn in row.turns for text in turn], amounts.vocab_size)
    folder.mkdir(parents=True, exist_ok=True)
    learned, checked = (_encode(some, processor, amounts.max_tokens) for some in (rows, checks))
    tensors.save(learned, folder / TRAIN)
    tensors.save(checked, folder / VALIDATION)
    processor.save_pretrained(folder / PROCESSOR)
    index.save(folder / PROCESSOR)
    report = {
        "held_out_structures": len(held_out),
        "rows": count(rows),
        "validation_rows": count(checks),
        "too_long": len(rows) + len(checks) - len(learned) - len(checked),
        "tokens": int(learned.lengths.sum()),
    }
    (folder / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _processor(texts: Iterable[str], vocab_size: int) -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(build_tokenizer(texts, vocab_size=vocab_size), include_smiles=False)


def _encode(rows: Sequence[Row], processor: LlamoProcessor, max_tokens: int) -> tensors.TensorRows:
    """Each molecule's graph is made once; the spelling in the prompt is the row's own."""
    graphs, examples, kept, keys = {}, [], [], []
    for row in rows:
        content: list[dict[str, Any]] = []
        if row.smiles is not None:
            if row.smiles not in graphs:
                graphs[row.smiles] = processor.feature_extractor.featurize(row.smiles)
            content.append({"type": "molecule", "graph": replace(graphs[row.smiles], smiles=row.smiles)})
        processor.include_smiles = row.with_smiles
        try:
            example = processor.encode_conversation(_messages(row, content), max_length=max_tokens, truncation=True)
        except MoleculeError:
            raise
        except ValueError:  # the question alone is too long
            continue
        examples.append(example)
        kept.append(row)
        keys.append([] if row.smiles is None else [graphs[row.smiles].smiles])
    processor.include_smiles = False
    return tensors.from_examples(examples, [row.kind for row in kept], keys)


def _messages(row: Row, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for question, answer in row.turns:
        parts = [{"type": "text", "text": question}]
        messages.append({"role": "user", "content": parts if messages else [*content, *parts]})
        messages.append({"role": "assistant", "content": answer})
    return messages
