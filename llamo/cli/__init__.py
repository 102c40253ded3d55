"""The `llamo` command. Cheap to start: what a command needs is imported when it runs."""

from llamo.cli import (
    analyzing,
    answering,
    asking,
    environment,
    instructions,
    looking_inside,
    measuring,
    models,
    serving,
)
from llamo.cli.entry import app, main

__all__ = [
    "analyzing",
    "answering",
    "app",
    "asking",
    "environment",
    "instructions",
    "looking_inside",
    "main",
    "measuring",
    "models",
    "serving",
]
