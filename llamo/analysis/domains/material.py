"""What the laboratory learns from and is asked for this analysis; made once and kept. Knows rows, no model."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llamo.analysis.domains import questions
from llamo.analysis.domains.division import divide
from llamo.analysis.domains.kinds import RULES
from llamo.analysis.domains.scaffolds import HALVES
from llamo.analysis.laboratory import Material
from llamo.compact import tensors
from llamo.compact.prepare import encode_rows
from llamo.compact.tensors import TensorRows
from llamo.training.tokenizer import build_tokenizer
from llamo.whole_files import write_whole
from processors import LlamoProcessor

# Pieces of the tokenizer: questions about facts need few words, and a small head is a fast one.
VOCABULARY = 700
# Domains that are learned from, each by models of its own.
LEARNED: tuple[str, ...] = (*RULES, *HALVES)
_TRAIN, _ASKED, _PROCESSOR, _NOTES = "train", "asked", "processor", "notes.json"


@dataclass(frozen=True)
class DomainMaterial:
    """Conversations about facts by kind of molecule.

    Attributes:
        material: parts are domains; test rows are of the kind `questions.label`.
        learned: molecules to learn from, by domain.
        asked: molecules asked about, by domain.
        blind: see `questions.blind`.
    """

    material: Material
    learned: dict[str, int]
    asked: dict[str, int]
    blind: dict[str, dict[str, float]]


def facts_material(prepared: Path, folder: Path, *, most: int, asked: int) -> DomainMaterial:
    """Reads what `folder` holds, or makes it of the compact model's prepared rows (two minutes of one core).

    Args:
        prepared: folder that `examples/03_train_compact.py --only-prepare` makes.
        folder: to keep it in; what was made with other numbers is made anew.
        most: molecules of a kind to learn from.
        asked: molecules of a kind to ask about.

    Raises:
        ValueError: `prepared` is not such a folder.
    """
    settings = {"prepared": str(prepared.resolve()), "most": most, "asked": asked}
    notes = folder / _NOTES
    if not notes.is_file() or json.loads(notes.read_text())["settings"] != settings:
        _make(prepared, folder, settings)
    found = json.loads(notes.read_text())
    train, tests = tensors.load(folder / _TRAIN), tensors.load(folder / _ASKED)
    material = Material(
        LlamoProcessor.from_pretrained(folder / _PROCESSOR), train, {"facts": tests}, parts_by_kind(train)
    )
    return DomainMaterial(material, found["learned"], found["asked"], found["blind"])


def parts_by_kind(rows: TensorRows) -> dict[str, Any]:
    """A mask for each kind of row."""
    return {name: rows.kinds == number for number, name in enumerate(rows.names)}


def small_processor(texts: Iterable[str], vocab_size: int) -> LlamoProcessor:
    """A processor whose tokenizer knows these texts."""
    return LlamoProcessor.from_tokenizer(build_tokenizer(texts, vocab_size=vocab_size, split_smiles=True))


def prepared_rows(prepared: Path, part: str) -> tuple[TensorRows, LlamoProcessor]:
    """Rows of a prepared folder, and the processor that wrote them.

    Raises:
        ValueError: it is none.
    """
    if not (prepared / "report.json").is_file():
        raise ValueError(
            f"{prepared} is not prepared: run `python examples/03_train_compact.py --data DATA --only-prepare`, or "
            "give its folder by --prepared"
        )
    return tensors.load(prepared / part), LlamoProcessor.from_pretrained(prepared / "processor")


def _make(prepared: Path, folder: Path, settings: dict[str, Any]):
    domains = _division(prepared, folder, settings)
    smiles = {name: domains[name]["learned"] for name in LEARNED}
    learned = [row for name, some in smiles.items() for row in questions.learned(name, some)]
    asked = {name: questions.asked(name, one["asked"]) for name, one in domains.items() if one["asked"]}
    every = [*learned, *(row for some in asked.values() for row in some)]
    processor = small_processor([text for row in every for turn in row.turns for text in turn], VOCABULARY)
    for name in (_TRAIN, _ASKED):
        shutil.rmtree(folder / name, ignore_errors=True)  # else files of longer rows would stay
    tensors.save(encode_rows(learned, processor, None), folder / _TRAIN)
    tensors.save(encode_rows(every[len(learned) :], processor, None), folder / _ASKED)
    processor.save_pretrained(folder / _PROCESSOR)
    notes = {
        "settings": settings,
        "learned": {name: len(some) for name, some in smiles.items()},
        "asked": {name: len(one["asked"]) for name, one in domains.items()},
        "blind": questions.blind(smiles, asked),
    }
    write_whole(folder / _NOTES, json.dumps(notes, indent=1) + "\n")


def _division(prepared: Path, folder: Path, settings: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """SMILES to learn from and to ask about, by domain; kept, since scaffolds and natural products take a minute."""
    path = folder / "division.json"
    if path.is_file() and (found := json.loads(path.read_text()))["settings"] == settings:
        return found["domains"]
    rows, writer = prepared_rows(prepared, "train")
    found = divide(rows, writer.tokenizer, most=settings["most"], asked=settings["asked"])
    domains = {name: {"learned": list(one.learned), "asked": list(one.asked)} for name, one in found.items()}
    write_whole(path, json.dumps({"settings": settings, "domains": domains}) + "\n")
    return domains
