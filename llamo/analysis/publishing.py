"""Findings to files and back: JSON, pictures, one HTML page; and one Markdown page of many. Knows no model."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from llamo.analysis.finding import Figure, Finding, Table

if TYPE_CHECKING:
    from jinja2 import Template

VERDICTS = {
    "supports": "supports the claim",
    "contradicts": "contradicts the claim",
    "undecided": "does not decide it",
    "no claim": "is on no claim of the paper",
}
_FILE = "findings.json"


def write(findings: Sequence[Finding], folder: Path):
    """Writes `findings.json`, `report.html` (which loads nothing) and an SVG per figure into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in _pictures(findings):
        (folder / name).write_text(figure.svg, encoding="utf-8")
    text = json.dumps([asdict(one) for one in findings], indent=1, ensure_ascii=False, allow_nan=False)
    (folder / _FILE).write_text(text + "\n", encoding="utf-8")
    page = _template("page.html.jinja").render(findings=findings, verdicts=VERDICTS, picture=_inline)
    (folder / "report.html").write_text(page, encoding="utf-8")


def read(folder: Path) -> list[Finding]:
    """The findings that `write` left in the folder.

    Raises:
        ValueError: there are none.
    """
    path = folder / _FILE
    if not path.is_file():
        raise ValueError(f"{path} is missing: give a folder that `llamo analyze` wrote")
    return [_read_one(data) for data in json.loads(path.read_text(encoding="utf-8"))]


def document(findings: Sequence[Finding], path: Path, pictures: Path):
    """Writes all findings as one Markdown page, and their figures into the folder `pictures` beside or under it.

    Raises:
        ValueError: two findings have one name.
    """
    names = [one.name for one in findings]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two findings are called {', '.join(sorted(twice))}: give each folder once")
    pictures.mkdir(parents=True, exist_ok=True)
    for name, figure in _pictures(findings):
        (pictures / name).write_text(figure.svg, encoding="utf-8")
    at = pictures.relative_to(path.parent).as_posix()
    text = _template("document.md.jinja").render(findings=findings, verdicts=VERDICTS, pictures=at)
    path.write_text(text, encoding="utf-8")


def _pictures(findings: Sequence[Finding]) -> list[tuple[str, Figure]]:
    """Figures with the names of their files: `NAME.svg`, `NAME-2.svg`, .."""
    return [
        (f"{one.name}{f'-{number}' if number > 1 else ''}.svg", figure)
        for one in findings
        for number, figure in enumerate(one.figures, 1)
    ]


def _read_one(data: dict) -> Finding:
    figures = tuple(Figure(**one) for one in data.pop("figures"))
    tables = tuple(
        Table(tuple(one["header"]), tuple(map(tuple, one["rows"])), one["caption"]) for one in data.pop("tables")
    )
    return Finding(**{**data, "caveats": tuple(data["caveats"])}, figures=figures, tables=tables)


def _inline(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@cache
def _template(name: str) -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=name.endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
