"""What holds for every input. Knows no product code."""

import re

LONGEST_REASON = 2_000
_NUMBERS = re.compile(r"\d+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class Broken(AssertionError):
    """A law does not hold."""


def hold(is_so: bool, law: str):
    """Raises `Broken` where a law does not hold."""
    if not is_so:
        raise Broken(law)


def refusal(error: Exception, *, kind: str | None = None) -> str:
    """The class of a documented refusal, whose message must be one line that can be written and read."""
    text = str(error)
    hold(bool(text.strip()), "a refusal says something")
    hold("\n" not in text and "\r" not in text, "a refusal is one line")
    hold(len(text) <= LONGEST_REASON, f"a refusal has at most {LONGEST_REASON} characters")
    hold(not any("\ud800" <= letter <= "\udfff" for letter in text), "a refusal can be written as UTF-8")
    return f"refused: {kind or short(text)}"


def short(text: str) -> str:
    """A message without what is special to one input."""
    tail = text.rsplit("): ", 1)[-1] if "): " in text else text.split("': ", 1)[-1]
    return _NUMBERS.sub("0", _QUOTED.sub("..", tail.split(";", 1)[0]))[:60]
