"""The server that is abused: `llamo serve` in a process of its own, with a tiny random model or the shipped one."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.serving_abuse.wire import Reply, ask, request
from tests.llamo.serving.test_engine import endless

REPOSITORY = Path(__file__).parents[2]
# The tiny model would take 200,000 tokens, which is too long a prompt for one core.
PROMPTS = ("--max-prompt-tokens", "1024")
_ENVIRONMENT = {"PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


class Victim:
    """A server that runs.

    Args:
        process: of it; its model is called `tiny`.
    """

    def __init__(self, process: subprocess.Popen):
        self.process, self.lines = process, []
        self._watched = psutil.Process(process.pid)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self.settle(lambda: self._port() or process.poll() is not None, 300) or not self._port():
            raise RuntimeError(f"the server did not start:\n{self.log}")
        self.port = self._port()

    @property
    def log(self) -> str:
        """What the server wrote to stderr."""
        return "".join(self.lines)

    @property
    def rss(self) -> int:
        """Bytes of memory."""
        return self._watched.memory_info().rss

    @property
    def files(self) -> int:
        """Open file descriptors."""
        return self._watched.num_fds()

    def get(self, path: str, **headers: str) -> Reply:
        """A GET on a connection of its own."""
        return ask(self.port, request("GET", path, None, **headers))

    def measure(self, name: str) -> float:
        """A number of /metrics."""
        found = re.search(rf"^{name} (\S+)$", self.get("/metrics").body.decode(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def is_idle(self) -> bool:
        """Whether nothing runs or waits."""
        return self.measure("llamo_requests_running") == self.measure("llamo_requests_waiting") == 0

    def settle(self, condition: Callable[[], object], seconds: float = 20) -> bool:
        """Whether something becomes true soon."""
        end = time.monotonic() + seconds
        while not (found := condition()) and time.monotonic() < end:
            time.sleep(0.05)
        return bool(found)

    def signal(self, number: signal.Signals):
        """Sends a signal."""
        self.process.send_signal(number)

    def _port(self) -> int:
        found = re.search(r"running on http://[\d.]+:(\d+)", self.log)
        return int(found[1]) if found else 0

    def _read(self):
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)


@contextmanager
def serving(
    model: Path | None, *options: str, port: int = 0, fault: str | None = None, **variables: str
) -> Iterator[Victim]:
    """`llamo serve` on a free port; killed at the end where it still runs.

    Args:
        model: folder of the model; None is the shipped one.
        options: of the command.
        port: to listen at.
        fault: that waits in it, see `faulty`.
        variables: of the environment.
    """
    module = ["llamo.cli"] if fault is None else ["benchmarks.serving_abuse.faulty", fault]
    named = [*([] if model is None else [str(model)]), "--name", "tiny", *PROMPTS]
    command = [sys.executable, "-m", *module, "serve", *named, "--port", str(port), *options]
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **_ENVIRONMENT, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        yield Victim(process)
    finally:
        process.kill()
        process.wait(30)


@contextmanager
def tiny_folder() -> Iterator[Path]:
    """A model of random weights that never ends its answers by itself."""
    with tempfile.TemporaryDirectory(prefix="llamo-abuse-") as folder:
        model, processor = endless()
        model.save_pretrained(folder)
        processor.save_pretrained(folder)
        yield Path(folder)


def together(work: Callable[[int], Any], count: int, *, threads: int = 16) -> list[Any]:
    """What the work gives for 0 .. count - 1, several at a time."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))
