"""Abuses `llamo serve` in every way we know, each against a real process over real sockets, and tells which laws broke.

    python -m benchmarks.serving_abuse             # about 20 minutes on one core
    python -m benchmarks.serving_abuse --quick     # about 3 minutes
    python -m benchmarks.serving_abuse --shipped   # some of it on the compact model, too

Prints a table, writes `benchmarks/results/serving_abuse.json`, and ends with 1 where a law broke. Linux or macOS.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.measuring import RESULTS, machine
from benchmarks.serving_abuse.faults import FAULTS, fault
from benchmarks.serving_abuse.faulty import FILES
from benchmarks.serving_abuse.idle import idle_connections
from benchmarks.serving_abuse.leaving import disconnects
from benchmarks.serving_abuse.malformed import malformed, oversized, pipelined
from benchmarks.serving_abuse.memory import mixed
from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.secrets import keys, labels, logs, origins
from benchmarks.serving_abuse.slow import slow_bodies, slow_heads, unread_streams
from benchmarks.serving_abuse.stopping import stop
from benchmarks.serving_abuse.victim import serving, tiny_folder
from llamo.serving.connections import PATIENCE

# Files that connections may take: the most there are, and those taken at once behind them.
_FILES = 1000 + 150


def abuses(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """All of it against the tiny model."""
    with serving(folder) as victim:
        yield from malformed(victim)
        yield oversized(victim)
        yield pipelined(victim)
        yield origins(victim)
        yield logs(victim)
        yield labels(victim, args.labels)
        yield disconnects(victim, args.disconnects)
        yield slow_heads(victim, args.slow, PATIENCE)
        yield slow_bodies(victim, args.slow, PATIENCE)
        yield unread_streams(victim, args.unread, PATIENCE)
        yield idle_connections(victim, args.idle, PATIENCE, most=_FILES)
    with serving(folder, fault="files") as victim:
        outcome = idle_connections(victim, args.idle, PATIENCE, most=FILES)
        outcome.what += f", {FILES} files allowed"
        yield outcome
    yield keys(folder)
    for name in FAULTS:
        yield fault(folder, name)
    yield stop(folder, args.clients, signal.SIGTERM)
    yield stop(folder, args.clients, signal.SIGTERM, tokens=1000, grace=1)
    yield stop(folder, args.clients, signal.SIGKILL)
    with serving(folder) as victim:
        yield mixed(victim, args.requests)


def abuses_of_the_shipped(args: argparse.Namespace) -> Iterator[Outcome]:
    """A part of it against the compact model."""
    with serving(None) as victim:
        yield from malformed(victim)
        yield disconnects(victim, args.disconnects // 4)
        yield unread_streams(victim, args.unread // 2, PATIENCE)
        yield mixed(victim, args.requests // 20, flat=None)
    yield stop(None, args.clients, signal.SIGTERM, tokens=60, grace=60)


def told(outcomes: Callable[[], Iterator[Outcome]], of: str) -> list[Outcome]:
    """Prints each line as it comes."""
    found, start = [], time.monotonic()
    for outcome in outcomes():
        outcome.what += of
        numbers = ", ".join(f"{name} {value}" for name, value in outcome.numbers.items() if name != "series")
        verdict = "held" if not outcome.broken else "BROKEN"
        print(
            f"{outcome.what:58} {outcome.tried:6} {verdict:6} {time.monotonic() - start:5.0f} s  {numbers}", flush=True
        )
        for one in outcome.broken[:10]:
            print(f"    {one}", flush=True)
        found, start = [*found, outcome], time.monotonic()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the requests, a tenth of the rest")
    parser.add_argument("--shipped", action="store_true")
    counts = {"requests": 10_000, "idle": 3000, "disconnects": 400, "slow": 200, "unread": 24, "labels": 200}
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--clients", type=int, default=32, help="while it is stopped")
    args = parser.parse_args()
    if args.quick:
        args.requests, args.clients = args.requests // 50, args.clients // 4
        args.idle, args.disconnects, args.slow = (count // 10 for count in (args.idle, args.disconnects, args.slow))
    with tiny_folder() as folder:
        outcomes = told(lambda: abuses(folder, args), "")
    if args.shipped:
        outcomes += told(lambda: abuses_of_the_shipped(args), ", compact model")
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine(), "outcomes": [asdict(one) for one in outcomes]}
    (RESULTS / "serving_abuse.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    broken = sum(len(one.broken) for one in outcomes)
    print(f"{len(outcomes)} abuses, {sum(one.tried for one in outcomes)} times in all, {broken} laws broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
