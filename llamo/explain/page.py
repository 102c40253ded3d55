"""An explanation as one HTML file that loads nothing. Texts are escaped by the template, data by `_json`."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llamo.explain.drawing import COLORS

if TYPE_CHECKING:
    from jinja2 import Environment

    from llamo.explain.explanation import Explanation

_FOLDER = Path(__file__).parent
# Style and script of an explanation, for any page.
VIEW = _FOLDER / "view"
_SCRIPT = """const data = JSON.parse(document.getElementById("data").textContent);
enliven(document.querySelector(".explanation"), data);
"""
# Characters that HTML has no place for become visible ones.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}


def render(explanation: "Explanation") -> str:
    """The page."""
    data = explanation.to_dict()
    script = f"{_read(VIEW / 'view.js')}\n{_SCRIPT}"
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            explanation=data,
            data=_json({**data, "molecules": [{**one, "svg": ""} for one in data["molecules"]]}),
            colors=[{name: pair[scheme] for name, pair in COLORS.items()} for scheme in (0, 1)],
            style=_read(_FOLDER / "page.css") + _read(VIEW / "view.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def render_view(record: Mapping[str, Any]) -> str:
    """What the page shows of a record, as a piece of another page that has the files of `VIEW`."""
    return _environment().get_template("explanation.html.jinja").render(explanation=record)


def _json(data: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    options: dict[str, Any] = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, finalize=_visible, **options)


def _visible(value: Any) -> Any:
    return value.translate(_CONTROLS) if type(value) is str else value


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
