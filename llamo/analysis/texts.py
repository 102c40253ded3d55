"""Paragraphs of findings from templates beside the code that measures: numbers in, one paragraph out. Knows no model.

In a template, `show(value, ".2f")` writes a number or an interval.
"""

from pathlib import Path
from typing import Any


def paragraph(template: Path, **numbers: Any) -> str:
    """The template's text with these numbers, its lines joined.

    Raises:
        jinja2.UndefinedError: it names a number that is not given.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals["show"] = format
    return " ".join(environment.from_string(template.read_text(encoding="utf-8")).render(numbers).split())
