"""A small random assistant for the tests of explanations."""

from functools import cache

from llamo.assistant import Assistant
from tests.text import model_and_processor

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@cache
def assistant(**projector) -> Assistant:
    """A random model that speaks in bytes; one for each kind of projector."""
    return Assistant(*model_and_processor(**projector))
