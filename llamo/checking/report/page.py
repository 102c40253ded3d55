"""Puts the report of a check together. The page loads nothing from anywhere; every text in it is escaped."""

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llamo.checking.check import CheckResult
from llamo.checking.conversation import Conversation
from llamo.checking.finding import Finding
from llamo.evaluation.report.drawing import draw
from llamo.evaluation.report.page import page_style, template

if TYPE_CHECKING:
    from jinja2 import Template

# Examples of each kind of finding, and conversations without any, that the page shows.
_EXAMPLES, _GOOD = 4, 3
# Turns of a conversation that an example shows around the one in question.
_TURNS = 8


def write_report(result: CheckResult, folder: Path, *, title: str) -> tuple[Path, Path]:
    """Writes report.html and report.json, which has every verdict, into a folder.

    Args:
        result: of a check.
        folder: made if it is not there.
        title: of the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / "report.html", folder / "report.json"
    text = _template().render(_content(result, title))
    page.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    verdicts = [verdict.to_dict() for verdict in result.verdicts]
    data.write_text(json.dumps({"summary": result.summary, "verdicts": verdicts}, indent=1) + "\n", encoding="utf-8")
    return page, data


@cache
def _template() -> "Template":
    return template(Path(__file__).with_name("page.html.jinja").read_text(encoding="utf-8"))


def _content(result: CheckResult, title: str) -> dict[str, Any]:
    pairs = list(zip(result.conversations, result.verdicts, strict=True))
    good = [one for one, verdict in pairs if not verdict.findings]
    step = max(1, len(good) // _GOOD)
    kinds = result.summary["diversity"]["question_kinds"]
    return {
        "title": title,
        "summary": result.summary,
        "kinds": [(name, number, number / max(1, sum(kinds.values()))) for name, number in kinds.items()],
        "findings": _examples(result),
        "good": [_shown(one, None) for one in good[::step][:_GOOD]],
        "style": page_style(),
    }


def _examples(result: CheckResult) -> list[dict[str, Any]]:
    """Findings by kind, errors first, each with some conversations."""
    by_kind: dict[tuple[bool, str, str], list[tuple[Conversation, Finding]]] = defaultdict(list)
    for one, verdict in zip(result.conversations, result.verdicts, strict=True):
        for finding in verdict.findings:
            by_kind[not finding.is_error, finding.area, finding.kind].append((one, finding))
    return [
        {
            "area": area,
            "kind": kind,
            "is_error": not is_flag,
            "number": len(found),
            "examples": [_shown(one, finding) for one, finding in found[:_EXAMPLES]],
        }
        for (is_flag, area, kind), found in sorted(by_kind.items())
    ]


def _shown(conversation: Conversation, finding: Finding | None) -> dict[str, Any]:
    place = finding.turn if finding is not None and finding.turn is not None else None
    first = 0 if place is None else max(0, place - _TURNS // 2)
    turns = list(enumerate(conversation.turns))[first : first + _TURNS]
    return {
        "row": conversation.row,
        "molecules": [drawing for smiles in conversation.molecules for drawing in draw(smiles)],
        "smiles": ", ".join(conversation.molecules),
        "turns": [(number + 1, turn, number == place) for number, turn in turns],
        "left_out": len(conversation.turns) - len(turns),
        "finding": finding,
    }
