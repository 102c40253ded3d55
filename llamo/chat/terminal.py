"""`llamo chat`: the loop with a model, in a terminal."""

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from llamo.assistant import Assistant
from llamo.chat.loop import Chat
from llamo.compact.shipped import shipped
from llamo.quiet import quiet


def talk_in_terminal(molecules: Sequence[str], *, model: str | None, max_new_tokens: int, **loading: Any):
    """Talks until Ctrl-D.

    Args:
        molecules: SMILES or names that the first question is about.
        model: folder or Hub id; None is the model that comes with the package.
        max_new_tokens: of an answer.
        loading: options of `Assistant.load`.

    Raises:
        ValueError: a molecule or the model cannot be read.
    """
    with suppress(ImportError):  # not on Windows
        import_module("readline")  # by which `input` edits lines and remembers them
    assistant = Assistant.load(model or shipped(), **loading)
    width = shutil.get_terminal_size().columns
    chat = Chat(assistant, read=input, write=_write, max_new_tokens=max_new_tokens, width=width)
    for text in molecules:
        chat.add_molecule(text)
    with quiet():
        chat.run()


def _write(text: str):
    sys.stdout.write(text)
    sys.stdout.flush()
