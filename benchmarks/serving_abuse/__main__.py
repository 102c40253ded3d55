"""Abuses `llamo serve` in every way we know, each against a real process over real sockets, and tells which laws broke.

    python -m benchmarks.serving_abuse                 # half an hour on one core
    python -m benchmarks.serving_abuse --quick         # fewer of each
    python -m benchmarks.serving_abuse --only memory   # a part

Prints a table, writes `benchmarks/results/serving_abuse.json`, and ends with 1 where a law broke. Linux or macOS.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator
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

# Files that connections may take: the most there are, and those being taken.
_FILES = 1000 + 2 * 128 + 20


def of_requests(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """Single requests."""
    with serving(folder) as victim:
        yield from malformed(victim)
        yield oversized(victim)
        yield pipelined(victim)
        yield origins(victim)
        yield logs(victim)
        yield labels(victim, args.labels)
    yield keys(folder)


def of_clients(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """Clients that leave, are slow or idle."""
    with serving(folder) as victim:
        yield disconnects(victim, args.disconnects)
        yield slow_heads(victim, args.slow, PATIENCE)
        yield slow_bodies(victim, args.slow, PATIENCE)
        yield unread_streams(victim, args.unread, PATIENCE)
        yield idle_connections(victim, args.idle, PATIENCE, most=_FILES)
    with serving(folder, fault="files") as victim:
        outcome = idle_connections(victim, args.idle, PATIENCE, most=FILES)
        outcome.what += f", {FILES} files allowed"
        yield outcome


def of_faults(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """Faults inside."""
    yield from (fault(folder, name) for name in FAULTS)


def of_ends(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """Signals."""
    yield stop(folder, args.clients, signal.SIGTERM)
    yield stop(folder, args.clients, signal.SIGTERM, tokens=1000, grace=1)
    yield stop(folder, args.clients, signal.SIGKILL)


def of_memory(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """Thousands of requests."""
    with serving(folder) as victim:
        yield mixed(victim, args.requests)


def of_the_shipped(folder: Path, args: argparse.Namespace) -> Iterator[Outcome]:
    """A part of it against the compact model."""
    with serving(None) as victim:
        outcomes = [
            *malformed(victim),
            disconnects(victim, args.disconnects // 4),
            unread_streams(victim, args.unread // 2, PATIENCE),
            mixed(victim, args.requests // 20, flat=None),
        ]
    outcomes.append(stop(None, args.clients, signal.SIGTERM, tokens=60, grace=60))
    for one in outcomes:
        one.what += ", compact model"
        yield one


PARTS = {
    "requests": of_requests,
    "clients": of_clients,
    "faults": of_faults,
    "ends": of_ends,
    "memory": of_memory,
    "shipped": of_the_shipped,
}


def told(outcomes: Iterator[Outcome]) -> list[Outcome]:
    """Prints each line as it comes."""
    found, start = [], time.monotonic()
    for outcome in outcomes:
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
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=" ".join(PARTS))
    counts = {"requests": 10_000, "idle": 3000, "disconnects": 400, "slow": 200, "unread": 24, "labels": 200}
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--clients", type=int, default=32, help="while it is stopped")
    args = parser.parse_args()
    if args.quick:
        args.requests, args.clients = args.requests // 50, args.clients // 4
        args.idle, args.disconnects, args.slow = (count // 10 for count in (args.idle, args.disconnects, args.slow))
    with tiny_folder() as folder:
        outcomes = [one for name in args.only for one in told(PARTS[name](folder, args))]
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine(), "outcomes": [asdict(one) for one in outcomes]}
    (RESULTS / "serving_abuse.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    broken = sum(len(one.broken) for one in outcomes)
    print(f"{len(outcomes)} abuses, {sum(one.tried for one in outcomes)} times in all, {broken} laws broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
