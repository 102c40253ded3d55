"""Numbers that papers report for these tasks, as data: value, tokenizer, protocol and source of each.

Scores are fractions, not per cent; errors are in Hartree. The source names the table by what it holds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from llamo.metrics.tokenizers import SCIBERT, SCIBERT_TITLE

Protocol = Literal["generalist", "specialist", "ablation"]

# Tokenizers by the whole of their name: a folder that is called like one may hold any vocabulary.
_FAMILIES = {
    "SciBERT": re.compile(rf"SciBERT|{re.escape(SCIBERT)}|{re.escape(SCIBERT_TITLE)}.*"),
    "Llama-2": re.compile(r"tokens of meta-llama/Llama-2-[\w.-]+"),
    "Galactica": re.compile(r"tokens of facebook/galactica-[\w.-]+"),
    "words": re.compile(r"words \(.*"),
}

_LLAMO = "Park et al. 2024, arXiv 2411.00871"
_EXACT = (
    "Exact match: the released code leaves invalid answers out of the denominator and ignores stereochemistry, so the "
    "published share may be of valid answers only; exact_no_stereo_of_valid is the nearest of ours."
)
_NO_TOKENIZER = "BLEU and METEOR: the tokenizer is not stated."
# Tasks whose published numbers were measured on other rows than a task's own data.
OTHER_DATA = {
    "forward-reaction": "Published systems were tested on the reactions of Mol-Instructions, not on USPTO-MIT.",
    "retrosynthesis": "Published systems were tested on the reactions of Mol-Instructions, not on USPTO-50k.",
    "qm9": "Published systems were tested on 2,000 rows of Mol-Instructions, not on this split.",
    "description-pubchem324k": (
        "Published systems were tested on PubChem324kV2; these 1,978 rows are of another release."
    ),
    "iupac": "Published systems were tested on 2,000 rows of PubChem324k, of which these may not be all.",
}
_GPT = "BLEU and METEOR: measured by the authors of LLaMo, presumably on the tokens of their own language model."


@dataclass(frozen=True)
class Published:
    """One number of one paper.

    Attributes:
        task: name of ours that has the same data.
        system: what was measured.
        metric: our name of it.
        value: share from 0 to 1, or an error in the unit of the task.
        tokenizer: whose tokens BLEU and METEOR were counted on; None where it is unknown or plays no part.
        protocol: one model for all tasks, one trained for each, or a shorter training of LLaMo with a part left out.
        source: paper and table.
        remark: what a comparison has to mind.
    """

    task: str
    system: str
    metric: str
    value: float
    tokenizer: str | None
    protocol: Protocol
    source: str
    remark: str = ""


def published(task: str, *, ablations: bool = False) -> list[Published]:
    """The numbers for a task, none where no paper has it; `ablations` adds the variants of LLaMo."""
    return [one for one in PUBLISHED if one.task == task and (ablations or one.protocol != "ablation")]


def tokenizer_family(name: str | None) -> str | None:
    """One name for a published vocabulary: "SciBERT" for `allenai/scibert_scivocab_uncased`; others keep theirs."""
    if not name:
        return None
    return next((family for family, pattern in _FAMILIES.items() if pattern.fullmatch(name)), name)


def needs_tokenizer(metric: str) -> bool:
    """Whether a metric counts tokens, so that its values compare under one tokenizer only."""
    return metric.startswith(("bleu", "meteor"))


def _numbers(
    system: str,
    values: Mapping[str, Mapping[str, float]],
    *,
    tokenizer: str | None = None,
    protocol: Protocol,
    source: str,
    remark: str = "",
) -> list[Published]:
    """The numbers of one system: task -> metric -> value; `remark` is about tokens or about exact match."""
    return [
        Published(
            task=task,
            system=system,
            metric=metric,
            value=value,
            tokenizer=tokenizer if needs_tokenizer(metric) else None,
            protocol=protocol,
            source=source,
            remark=remark if needs_tokenizer(metric) or metric == "exact" else "",
        )
        for task, metrics in values.items()
        for metric, value in metrics.items()
    ]


def _generalist(
    system: str,
    description: tuple[float, float],
    iupac: tuple[float, float] | None,
    mae: float | None,
    *,
    tokenizer: str = "Llama-2",
    protocol: Protocol = "generalist",
    source: str = f"{_LLAMO}, generalist table",
    remark: str = "",
) -> list[Published]:
    """A row of BLEU-4 and METEOR in per cent for descriptions and names, and the error on QM9."""
    values = {"description-mol-instructions": _texts(*description)}
    values |= {"iupac": _texts(*iupac)} if iupac else {}
    values |= {"qm9": {"mae": mae}} if mae is not None else {}
    return _numbers(system, values, tokenizer=tokenizer, protocol=protocol, source=source, remark=remark)


def _specialist(
    system: str, pubchem: tuple[float, float], chebi: tuple[float, float], iupac: float, *, molt5: bool = False
) -> list[Published]:
    """A row of BLEU-4 and METEOR in per cent for two sets of descriptions, and METEOR for names."""
    source = f"{_LLAMO}, specialist table"
    chebi_values = {"description-chebi20": _texts(*chebi)}
    other = {"description-pubchem324k": _texts(*pubchem), "iupac": {"meteor": round(iupac / 100, 4)}}
    if molt5:
        unknown = _numbers(system, other, protocol="specialist", source=source, remark=_NO_TOKENIZER)
        return _numbers(system, chebi_values, tokenizer="SciBERT", protocol="specialist", source=source) + unknown
    return _numbers(system, chebi_values | other, tokenizer="Galactica", protocol="specialist", source=source)


def _reactions(system: str, forward: tuple[float, float], retro: tuple[float, float]) -> list[Published]:
    """A row of exact match and validity for both directions."""
    values = {
        task: {"exact": exact, "validity": validity}
        for task, (exact, validity) in {"forward-reaction": forward, "retrosynthesis": retro}.items()
    }
    return _numbers(system, values, protocol="generalist", source=f"{_LLAMO}, reaction table", remark=_EXACT)


def _ablation(
    variant: str, description: tuple[float, float], iupac: tuple[float, float], mae: float | None, *, table: str
) -> list[Published]:
    source = f"{_LLAMO}, {table} ablation"
    return _generalist(f"LLaMo 7B, {variant}", description, iupac, mae, protocol="ablation", source=source)


def _texts(bleu_4: float, meteor: float) -> dict[str, float]:
    return {"bleu_4": round(bleu_4 / 100, 4), "meteor": round(meteor / 100, 4)}


PUBLISHED: tuple[Published, ...] = (
    *_generalist("GPT-4, zero-shot", (0.8, 16.7), (29.0, 48.1), 0.098, remark=_GPT),
    *_generalist("GPT-4, 4-shot", (27.0, 52.2), (51.8, 62.4), 0.019, remark=_GPT),
    *_generalist("Mol-Instructions Llama-2 7B", (14.3, 25.4), None, 0.013, tokenizer="SciBERT"),
    *_generalist("LLaMo 7B", (38.9, 67.1), (56.0, 73.2), 0.006),
    *_specialist("MolT5 small", (8.5, 18.5), (43.6, 55.1), 42.5, molt5=True),
    *_specialist("MolT5 base", (20.9, 35.6), (45.7, 56.9), 53.2, molt5=True),
    *_specialist("MolT5 large", (22.2, 36.6), (50.8, 61.4), 58.5, molt5=True),
    *_specialist("MolCA 1.3B", (30.3, 45.6), (53.1, 65.1), 72.1),
    *_specialist("LLaMo 1.3B", (34.4, 48.0), (54.8, 66.6), 73.4),
    *_reactions("InstructMol-GS", (0.536, 1.0), (0.407, 1.0)),
    *_reactions("LLaMo 7B", (0.584, 0.938), (0.341, 0.954)),
    *_ablation("no graph", (26.1, 56.6), (36.3, 62.2), 0.013, table="projector"),
    *_ablation("MLP on layer 1", (32.4, 62.1), (42.2, 68.4), 0.009, table="projector"),
    *_ablation("MLP on layer L", (33.8, 63.4), (45.5, 67.4), 0.008, table="projector"),
    *_ablation("MLP on concatenated layers", (34.8, 64.1), (47.1, 70.2), 0.007, table="projector"),
    *_ablation("resampler", (34.4, 62.8), (43.4, 65.2), 0.009, table="projector"),
    *_ablation("multi-level, no motif", (36.1, 65.3), (48.8, 69.8), 0.008, table="projector"),
    *_ablation("multi-level", (37.8, 66.1), (49.6, 70.9), 0.007, table="projector"),
    *_ablation("stage 1 only", (35.5, 64.8), (7.3, 16.9), None, table="stage"),
    *_ablation("stages 1 and 2 without conversations", (37.2, 65.1), (47.5, 70.2), 0.007, table="stage"),
)
