"""An explanation as one HTML file that loads nothing. Texts are escaped by the template, data by `_json`."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llamo.explain.drawing import COLORS

if TYPE_CHECKING:
    from jinja2 import Template

    from llamo.explain.explanation import Explanation

# Characters that HTML has no place for become visible ones.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}


def render(explanation: "Explanation") -> str:
    """The page."""
    script, data = _beside("page.js"), explanation.to_dict()
    for drawn, one in zip(data["molecules"], explanation.molecules, strict=True):
        drawn["quantities"] = {
            name: {"title": quantity.title, "unit": quantity.unit, "signed": quantity.is_signed}
            for name, quantity in one.quantities.items()
        }
    return _template().render(
        explanation=data,
        data=_json({**data, "molecules": [{**one, "svg": ""} for one in data["molecules"]]}),
        colors=[{name: pair[scheme] for name, pair in COLORS.items()} for scheme in (0, 1)],
        style=_beside("page.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _json(data: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_visible
    )
    return environment.from_string(_beside("page.html.jinja"))


def _visible(value: Any) -> Any:
    return value.translate(_CONTROLS) if type(value) is str else value


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
