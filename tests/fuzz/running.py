"""Runs one target over many inputs in a process of its own, so that a crash or a hang is an input that is told.

Each input is made from the seed, the target's name and its number alone: what is found can be made again.
"""

import base64
import faulthandler
import json
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Protocol


class Target(Protocol):
    """What is fuzzed."""

    name: str

    def make(self, random: Random) -> Any:
        """An input."""
        ...

    def check(self, made: Any, random: Random) -> str:
        """Reads it and holds the laws; returns how it ended, and raises anything else than a documented refusal."""
        ...


@dataclass(frozen=True)
class Bounds:
    """What one input may take.

    Attributes:
        cpu: seconds of processor time.
        wall: seconds until the process is ended.
        memory: MiB by which the process may grow.
    """

    cpu: float = 6.0
    wall: float = 60.0
    memory: int = 500


@dataclass
class Findings:
    """What came of a target."""

    name: str
    inputs: int = 0
    outcomes: Counter = field(default_factory=Counter)
    slowest_ms: float = 0.0
    slowest: int = -1
    peak_mib: int = 0
    seconds: float = 0.0
    failures: list[dict[str, Any]] = field(default_factory=list)
    is_cut: bool = False

    def add(self, told: dict[str, Any]):
        """One input's end."""
        self.inputs += 1
        self.outcomes[told["outcome"]] += 1
        self.peak_mib = max(self.peak_mib, told.get("mib", 0))
        if told.get("ms", 0) > self.slowest_ms:
            self.slowest_ms, self.slowest = told["ms"], told["number"]
        if told["outcome"].startswith("FAILED"):
            self.failures.append(told)

    def summary(self, kinds: int = 8) -> dict[str, Any]:
        """Numbers, with the most frequent kinds of refusal."""
        refused = Counter({name: count for name, count in self.outcomes.items() if name.startswith("refused")})
        accepted = sum(count for name, count in self.outcomes.items() if name.startswith("accepted"))
        common = {name.removeprefix("refused: "): count for name, count in refused.most_common(kinds)}
        return {
            "inputs": self.inputs,
            "accepted": accepted,
            "refused": refused.total(),
            "failed": len(self.failures),
            "slowest_ms": round(self.slowest_ms),
            "slowest": self.slowest,
            "peak_mib": self.peak_mib,
            "seconds": round(self.seconds),
            "most_refused": common,
        }


def random_of(seed: int, name: str, number: int) -> Random:
    """The source of all chance of one input."""
    return Random(f"{seed}-{name}-{number}")


def run_one(target: Target, seed: int, number: int, bounds: Bounds) -> dict[str, Any]:
    """One input: made, read, judged."""
    random = random_of(seed, target.name, number)
    made, before, started = None, _mib(), time.process_time()
    try:
        made = target.make(random)
        before, started = _mib(), time.process_time()
        outcome = target.check(made, random)
        spent, grown = time.process_time() - started, _mib() - before
        if spent > bounds.cpu:
            outcome = f"FAILED: {spent:.1f} s of processor time"
        elif grown > bounds.memory:
            outcome = f"FAILED: {grown} MiB of memory"
        detail = ""
    except Exception as error:  # whatever comes through is what is looked for
        outcome, detail = (
            f"FAILED: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
            traceback.format_exc(),
        )
    told = {"number": number, "outcome": outcome, "ms": 1000 * (time.process_time() - started), "mib": _mib()}
    if outcome.startswith("FAILED"):
        told |= {"trace": detail[-4000:], **_shown(made)}
    return told


def run_here(target: Target, count: int, *, seed: int = 0, bounds: Bounds | None = None) -> Findings:
    """Inputs in this process, for tests; no defence against crashes and hangs."""
    found = Findings(target.name)
    try:
        for number in range(count):
            found.add(run_one(target, seed, number, bounds or Bounds()))
    finally:
        getattr(target, "close", lambda: None)()
    return found


def run(target: Target, count: int, *, seed: int = 0, first: int = 0, bounds: Bounds | None = None) -> Findings:
    """Inputs in a child process, which is started again behind an input that ended it."""
    found, bounds, started, number = Findings(target.name), bounds or Bounds(), time.monotonic(), first
    try:
        while number < first + count:
            number = _run_child(target, seed, number, first + count, bounds, found)
    except KeyboardInterrupt:  # what was found so far counts
        found.is_cut = True
    found.seconds = time.monotonic() - started
    return found


def _run_child(target: Target, seed: int, first: int, end: int, bounds: Bounds, found: Findings) -> int:
    """Runs until the end or the child's; returns the number of the next input."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _child(target, seed, range(first, end), bounds, writing)
        finally:  # never back into the parent's code
            os._exit(0)
    os.close(writing)
    number = first
    try:
        with os.fdopen(reading, "rb") as pipe:
            buffered, why = b"", ""
            while True:
                if not select.select([pipe], [], [], bounds.wall)[0]:
                    why = f"FAILED: no end within {bounds.wall:g} s"
                    os.kill(child, signal.SIGABRT)  # faulthandler tells where it hangs
                    time.sleep(0.5)
                    break
                if not (piece := os.read(pipe.fileno(), 2**16)):
                    break
                *lines, buffered = (buffered + piece).split(b"\n")
                for line in lines:
                    told = json.loads(line)
                    found.add(told)
                    number = told["number"] + 1
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        if number < end:
            _end(child)
        status = os.waitpid(child, 0)[1]
    if number >= end:
        return number
    why = why or f"FAILED: the process ended ({_said(status)})"
    made = target.make(random_of(seed, target.name, number))
    found.add({"number": number, "outcome": why, **_shown(made)})
    return number + 1


def _end(child: int):
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _child(target: Target, seed: int, numbers: range, bounds: Bounds, pipe: int):
    faulthandler.enable(sys.__stderr__ or sys.stderr)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(pipe, "wb", buffering=0) as out:
        for number in numbers:
            out.write(json.dumps(run_one(target, seed, number, bounds)).encode() + b"\n")


def _said(status: int) -> str:
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


def _mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _shown(made: Any) -> dict[str, str]:
    try:
        packed = base64.b64encode(pickle.dumps(made)).decode()
    except Exception as error:  # a molecule or graph that cannot be pickled is made again by its number
        packed = f"(cannot be pickled: {error})"
    return {"input": ascii(made)[:500], "pickle": packed[:2_000_000]}


def save_failures(found: Findings, folder: Path, seed: int) -> list[Path]:
    """A file for each input that broke a law."""
    paths = []
    for told in found.failures:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{found.name}-{seed}-{told['number']}.json"
        path.write_text(json.dumps({"target": found.name, "seed": seed, **told}, indent=1), encoding="utf-8")
        paths.append(path)
    return paths
