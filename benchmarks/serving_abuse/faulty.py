"""`llamo serve` with a fault that waits for SIGUSR1, or with other limits than a command can set.

python -m benchmarks.serving_abuse.faulty FAULT serve ...
"""

import signal
import sys
import time
from typing import Any

import torch

from benchmarks.serving_abuse.outcome import SECRET_PATH
from llamo.cli import app
from llamo.serving import connections, guard
from llamo.serving.prompts import PromptBuilder
from llamo.serving.running_batch import RunningBatch

# Seconds instead of half a minute, with the fault `hasty`.
HASTE = 2
# Open files with the fault `files`.
FILES = 400
_BROKEN = {
    "thread": (RunningBatch, "step", SystemExit(SECRET_PATH)),
    "memory": (RunningBatch, "step", torch.OutOfMemoryError(f"CUDA out of memory. {SECRET_PATH}")),
    "compaction": (RunningBatch, "keep", MemoryError(SECRET_PATH)),
    "joining": (RunningBatch, "join", RuntimeError(SECRET_PATH)),
    "tokenizer": (PromptBuilder, "build", RuntimeError(f"cannot tokenize\nTraceback {SECRET_PATH}")),
    "stuck": (RunningBatch, "step", None),
}


def break_once(owner: Any, name: str, error: BaseException | None):
    """Lets the next call behind a signal fail; without an error it does not return."""
    whole, left = getattr(owner, name), []

    def broken(*args: Any, **options: Any) -> Any:
        if left:
            left.pop()
            if error is not None:
                raise error
            time.sleep(1000)
        return whole(*args, **options)

    setattr(owner, name, broken)
    signal.signal(signal.SIGUSR1, lambda *_: left.append(True))


def main():
    fault = sys.argv.pop(1)
    if fault == "hasty":
        connections.PATIENCE = guard._BODY_SECONDS = HASTE
    elif fault == "files":
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    else:
        break_once(*_BROKEN[fault])
    app()


if __name__ == "__main__":
    main()
