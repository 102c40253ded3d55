"""Puts the report together. The page loads nothing from anywhere, and every text in it is escaped by the template."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from llamo.evaluation.calibration import confidences, quality
from llamo.evaluation.comparison import SCALE, TaskComparison, comparison
from llamo.evaluation.example_table import row_number
from llamo.evaluation.report import figures, tables
from llamo.evaluation.report.cases import cases
from llamo.evaluation.result import Result

if TYPE_CHECKING:
    from jinja2 import Template

# Examples in the table of the page.
MOST_EXAMPLES = 300
# Characters that HTML has no place for become visible ones.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
_CONTROLS |= {127: 0x2421} | dict.fromkeys(range(128, 160), 0xFFFD)


def write_report(result: Result, path: Path, *, baselines: Sequence[Result] = ()):
    """Writes the report of a result as one HTML file; the same result gives the same bytes.

    Args:
        result: of the system that is reported.
        path: of the file.
        baselines: results of other systems on the same task, shown beside it.

    Raises:
        ValueError: a baseline is of another task, or a confidence is none.
    """
    for one in baselines:
        if one.task != result.task:
            raise ValueError(f"baseline {one.system!r}: got task {one.task!r}, expected {result.task!r}; leave it out")
    text = _template().render(_content(result, baselines))
    # A surrogate without its partner, which JSON can hold and UTF-8 cannot, is written as `\udXXX`.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _content(result: Result, baselines: Sequence[Result]) -> dict[str, Any]:
    """What the template shows."""
    script = _beside("page.js")
    good = quality(result)
    beside = _published(result, baselines)
    return {
        "result": result,
        "rows": len(result.answers),
        "prompt": _only_prompt(result),
        "notes": [*result.notes, *_notes(result, baselines)],
        "scores": tables.score_table(result, baselines),
        "comparison": beside,
        "systems": tables.system_rows(beside) if beside else [],
        "scale": SCALE,
        "groups": tables.group_table(result),
        "answers": tables.answer_table(result),
        "truth": figures.truth(result),
        "distributions": figures.distributions(result),
        "trends": figures.trends(result),
        "confidence": figures.confidence(result),
        "confidences": tables.confidence_table(result),
        "stands_in": good.name if good is not None and result.correct is None else "",
        "cases": cases(result),
        "examples": _examples(result),
        "style": page_style(),
        "script": script,
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }


def template(text: str) -> "Template":
    """A template that escapes every value and shows control characters, which HTML has no place for."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_visible
    )
    return environment.from_string(text)


def page_style() -> str:
    """The style sheet of reports, with the colours of drawings."""
    return _beside("page.css")


@cache
def _template() -> "Template":
    return template(_beside("page.html.jinja"))


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _visible(value: Any) -> Any:
    return value.translate(_CONTROLS) if type(value) is str else value


def _only_prompt(result: Result) -> str:
    """The question, where it is the same for all rows."""
    prompts = {answer.prompt or "" for answer in result.answers}
    return prompts.pop() if len(prompts) == 1 else ""


def _notes(result: Result, baselines: Sequence[Result]) -> list[str]:
    return [
        f"{one.system} was scored on {len(one.answers):,} rows, {result.system} on {len(result.answers):,}."
        for one in baselines
        if len(one.answers) != len(result.answers)
    ]


def _published(result: Result, baselines: Sequence[Result]) -> TaskComparison | None:
    """Systems side by side in the metrics that papers report for this task; None where there are none."""
    whole = comparison([result, *baselines]).tasks[0]
    metrics = {metric for row in whole.rows if not row.ours for metric in row.scores}
    # The page has a place of its own for the notes on its system.
    rows = [replace(row, notes=()) if row.system == result.system else row for row in whole.rows]
    return replace(whole, rows=rows).only(metrics) if metrics else None


def _examples(result: Result) -> dict[str, Any]:
    """Names and rows of the table of examples."""
    numbers = {} if result.ranking is None else {result.ranking: np.asarray(result.columns[result.ranking], float)}
    if result.correct is not None and result.ranking != "correct":
        numbers["correct"] = np.asarray(result.correct, float)
    numbers |= {f"confidence: {name}": values for name, values in confidences(result).items()}
    texts = {
        "molecule": [answer.smiles for answer in result.answers],
        "question": [] if _only_prompt(result) else [answer.prompt or "" for answer in result.answers],
        "answer": [answer.prediction for answer in result.answers],
        "read as": [] if result.kind == "text" else list(result.parsed),
        "truth": [answer.target for answer in result.answers],
        "group": [answer.group or "" for answer in result.answers],
    }
    if texts["read as"] == texts["answer"]:
        texts["read as"] = []
    shown = {name: column for name, column in texts.items() if any(column)}
    rows = [
        (
            row_number(result, place),
            [column[place] for column in shown.values()],
            ["" if np.isnan(column[place]) else f"{column[place]:.4g}" for column in numbers.values()],
        )
        for place in range(min(MOST_EXAMPLES, len(result.answers)))
    ]
    return {"texts": list(shown), "numbers": list(numbers), "rows": rows}
