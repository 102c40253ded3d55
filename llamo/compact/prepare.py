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
# Descriptions of the test split, asked with so many captions of similar molecules, in folders of this name; and the
# folder of all facts about its first molecules.
TEST = {0: "test-0", 3: "test-3"}
FACTS, FACT_MOLECULES = "test-facts", 300


@dataclass(frozen=True)
class Amounts:
    """How much of each kind of data.

    Attributes:
        caption_copies: prompts made of one description.
        fact_molecules: that RDKit answers questions about.
        name_copies: spellings of each molecule that is named.
        name_rows: names of either source, at most.
        property_rows: of one property task, at most.
        refusals: molecules that are asked about in vain.
        test_rows: descriptions of the test split to ask for.
        vocab_size: of the tokenizer.
        max_tokens: longer rows are cut.
    """

    caption_copies: int = 10
    fact_molecules: int = 90_000
    name_copies: int = 2
    name_rows: int = 20_000
    property_rows: int = 6_000
    refusals: int = 3_000
    test_rows: int | None = None
    vocab_size: int = 6_000
    max_tokens: int = 768


def prepare(data_folder: Path, folder: Path, amounts: Amounts, *, seed: int = 0) -> dict[str, Any]:
    """Writes the folder, and gives the report that is written there."""
    held_out = HeldOut(data_folder)
    descriptions = list(sources.descriptions(data_folder, held_out))
    properties = list(sources.task_questions(data_folder, held_out, sources.PROPERTIES, limit=amounts.property_rows))
    names = list(sources.task_questions(data_folder, held_out, ("iupac",), limit=amounts.name_rows))
    names += sources.names(data_folder, held_out, limit=amounts.name_rows, seed=seed)
    molecules = sources.molecules(data_folder, held_out, limit=amounts.fact_molecules, seed=seed)
    index = CaptionIndex([one.smiles for one in descriptions], [one.answer for one in descriptions])
    maker = RowMaker(index, seed=seed)
    rows = [
        *maker.descriptions(descriptions, copies=amounts.caption_copies),
        *maker.single(properties),
        *maker.single(names, copies=amounts.name_copies),
        *maker.talks(descriptions),
        *maker.facts(molecules),
        *maker.refusals(molecules[: amounts.refusals]),
    ]
    unseen = sources.asked(data_folder, "validation", limit=300)
    check = RowMaker(index, seed=seed + 1)
    checks = [*check.asked(unseen, retrieve=0), *check.asked(unseen, retrieve=3, kind="retrieved")]
    checks += check.facts([one.smiles for one in unseen])
    processor = _processor([text for row in rows for turn in row.turns for text in turn], amounts.vocab_size)
    folder.mkdir(parents=True, exist_ok=True)
    learned, checked = (encode_rows(some, processor, amounts.max_tokens) for some in (rows, checks))
    tensors.save(learned, folder / TRAIN)
    tensors.save(checked, folder / VALIDATION)
    tested = sources.asked(data_folder, "test", limit=amounts.test_rows)
    for retrieve, name in TEST.items():
        tensors.save(encode_rows(list(check.asked(tested, retrieve=retrieve)), processor, None), folder / name)
    facts = list(check.each_fact([one.smiles for one in tested[:FACT_MOLECULES]]))
    tensors.save(encode_rows(facts, processor, None), folder / FACTS)
    processor.captions = index
    processor.save_pretrained(folder / PROCESSOR)
    report = {
        "held_out_structures": len(held_out),
        "descriptions": len(descriptions),
        "fact_molecules": len(molecules),
        "rows": count(rows),
        "validation_rows": count(checks),
        "too_long": len(rows) + len(checks) - len(learned) - len(checked),
        "tokens": int(learned.lengths.sum()),
    }
    (folder / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _processor(texts: Iterable[str], vocab_size: int) -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(build_tokenizer(texts, vocab_size=vocab_size, split_smiles=True))


def encode_rows(rows: Sequence[Row], processor: LlamoProcessor, max_tokens: int | None) -> tensors.TensorRows:
    """Each molecule's graph is made once; the spelling in the prompt is the row's own."""
    graphs, examples, kept, written = {}, [], [], []
    start = len(processor.tokenizer("<s>User:\n", add_special_tokens=False)["input_ids"])
    for row in rows:
        content: list[dict[str, Any]] = []
        if row.molecule is not None:
            if row.molecule not in graphs:
                graphs[row.molecule] = processor.feature_extractor.featurize(row.molecule)
            content.append({"type": "molecule", "graph": replace(graphs[row.molecule], smiles=row.smiles)})
        try:
            example = processor.encode_conversation(_messages(row, content), max_length=max_tokens, truncation=True)
        except MoleculeError:
            raise
        except ValueError:  # the question alone is too long
            continue
        examples.append(example)
        kept.append(row)
        end = start if row.molecule is None else example["input_ids"].index(processor.graph_token_id)
        written.append((start, end))
    keys = [[] if row.molecule is None else [row.molecule] for row in kept]
    return tensors.from_examples(examples, [row.kind for row in kept], keys, written)


def _messages(row: Row, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for question, answer in row.turns:
        parts = [{"type": "text", "text": question}]
        messages.append({"role": "user", "content": parts if messages else [*content, *parts]})
        messages.append({"role": "assistant", "content": answer})
    return messages
