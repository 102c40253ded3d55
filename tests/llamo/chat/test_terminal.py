"""`llamo chat` in a real pseudo-terminal: an answer, Ctrl-C in the middle of one, Ctrl-D."""

import os
import select
import subprocess
import sys
import time

import pytest

from tests.llamo.asking.models import ENVIRONMENT, LLAMO, save_model

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)
import pty


class Terminal:
    """A process in a pseudo-terminal, and all that it has shown."""

    def __init__(self, *command: str):
        self._own, other = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            command,
            stdin=other,
            stdout=other,
            stderr=other,
            env=ENVIRONMENT,
            start_new_session=True,
            preexec_fn=_own_it,
        )
        os.close(other)

    def type(self, text: str):
        os.write(self._own, text.encode())

    def wait_for(self, text: str, *, seconds: float = 120):
        """Reads until there is such text, and forgets what came with it."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < end, f"no {text!r} in {self.shown!r}"
            if select.select([self._own], [], [], 0.2)[0]:
                self.shown += os.read(self._own, 4096).decode(errors="replace")
        before, self.shown = self.shown.split(text, 1)
        return before


def _own_it():
    """Makes standard input the controlling terminal, so that Ctrl-C is a signal."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_chemist_talks_in_a_terminal(tmp_path):
    model = save_model(tmp_path / "model")
    terminal = Terminal(*LLAMO, "chat", "aspirin", "--model", str(model), "--max-new-tokens", "900", "--device", "cpu")
    try:
        terminal.wait_for("of the next question: CC(=O)Oc1ccccc1C(=O)O")
        terminal.wait_for("you> ")
        terminal.type("Rings?\n")
        terminal.wait_for("llamo> MV")
        terminal.type("\x03")
        terminal.wait_for("(stopped)")
        terminal.wait_for("you> ")
        terminal.type("!mol\n")
        terminal.wait_for("so far: CC(=O)Oc1ccccc1C(=O)O")
        terminal.wait_for("you> ")
        terminal.type("\x04")
        assert terminal.process.wait(timeout=60) == 0
    finally:
        terminal.process.kill()
