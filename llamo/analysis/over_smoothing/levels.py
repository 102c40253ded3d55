"""Measures what a trained model's projector reads of each level and what its answers lose without it. Plain numbers."""

from typing import Any

from llamo.analysis.over_smoothing import answers, tokens
from llamo.analysis.over_smoothing.depths import Plan
from llamo.analysis.over_smoothing.molecules import measured
from llamo.analysis.parts import Parts
from llamo.assistant import Assistant


def measure(assistant: Assistant, name: str, plan: Plan, parts: Parts) -> dict[str, Any]:
    """Attention and likeness of the tokens of all molecules, and answers about the first `plan.asked` of them.

    Raises:
        ValueError: the model's projector is not a multi-level one.
    """
    model, owners = assistant.model, tokens.parts_of(assistant.model)

    def read() -> dict[str, Any]:
        found, attention = tokens.encode(model, measured(plan.molecules))
        return {"reading": tokens.reading(attention, owners), "likeness": tokens.likeness(found, owners)}

    def ask() -> dict[str, Any]:
        molecules = measured(plan.molecules).first(plan.asked)
        found, _ = tokens.encode(model, molecules)
        return answers.measure(model, assistant.processor, molecules, found, owners)

    settings = {"model": name, "molecules": plan.molecules}
    asked = {**settings, "asked": plan.asked, "questions": answers.ASKED}
    return parts.get("tokens", settings, read) | {"answers": parts.get("answers", asked, ask)}
