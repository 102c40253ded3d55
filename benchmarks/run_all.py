"""Runs the benchmarks one after the other, each in a process of its own, and writes their tables.

    python benchmarks/run_all.py            # minutes; rewrites the tables of docs/performance.md
    python benchmarks/run_all.py --quick    # a look: fewer rounds, tables to the terminal only
    python benchmarks/run_all.py --only imports scale
    python benchmarks/run_all.py --tables   # from the results that are there

`conversion` is not among them: it needs a folder and gigabytes. `gpu` is neither: it needs a GPU. Nor is `serving`: it
takes minutes, and its numbers are in docs/serving.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.measuring import RESULTS

REPOSITORY = Path(__file__).parents[1]
DOCUMENT = REPOSITORY / "docs" / "performance.md"
BEGIN, END = "<!-- tables: written by benchmarks/run_all.py -->", "<!-- end of tables -->"
NAMES = (
    "imports",
    "featurisation",
    "collation",
    "encoder",
    "projector",
    "graph_tax",
    "training_loss",
    "training",
    "scale",
)
# One thread each, also in the processes that a benchmark starts; nothing is asked of the network.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
}


def run(name: str, *, quick: bool, results: Path, limit: float) -> str | None:
    """Runs one benchmark; gives what went wrong, or None."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    environment = {**os.environ, **_ENVIRONMENT, "LLAMO_BENCHMARK_RESULTS": str(results)}
    print(f"\n== {name}", flush=True)
    started = time.perf_counter()
    try:
        code = subprocess.run(command, cwd=REPOSITORY, env=environment, timeout=limit).returncode
    except subprocess.TimeoutExpired:
        return f"{name}: stopped after {limit:.0f} s"
    print(f"{time.perf_counter() - started:.0f} s", flush=True)
    return None if code == 0 else f"{name}: exit code {code}"


def read_results(folder: Path, names: Iterable[str] = NAMES) -> dict[str, dict[str, Any]]:
    """What benchmarks have written, by name, in the order of the names."""
    paths = {name: folder / f"{name}.json" for name in names}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.is_file()}


def tables(results: Mapping[str, Mapping[str, Any]]) -> str:
    """All results as Markdown, with the machine they were measured on."""
    parts = []
    for name, result in results.items():
        rows = [_row(line) for line in result["lines"]]
        head = ["| measured | ratio | target | | note |", "| --- | ---: | ---: | --- | --- |"]
        parts += [f"### {name}", "\n".join([*head, *rows]), f"`python benchmarks/{name}.py`; {_machine(result)}."]
    return "\n\n".join(parts)


def _row(line: Mapping[str, Any]) -> str:
    bound = "" if line["target"] is None else f"{'≥' if line['at_least'] else '≤'} {line['target']:g}"
    verdict = {None: "", True: "met", False: "**missed**"}[line["met"]]
    cells = [line["what"], _number(line["ratio"]), bound, verdict, line["note"]]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if value >= 0.1 else f"{value:.3g}"


def _machine(result: Mapping[str, Any]) -> str:
    machine = result["machine"]
    threads = f"{machine['threads']} thread{'' if machine['threads'] == '1' else 's'}"
    versions = f"Python {machine['python']}, torch {machine['torch']}"
    return f"{machine['cpu']}, {threads} of {machine['cores']} cores, {versions}"


def put_tables(document: str, text: str) -> str:
    """The document with this text between its marks.

    Raises:
        ValueError: the marks are not there once each, in order.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in before:
        raise ValueError(f"expected {BEGIN} and behind it {END}, once each")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--tables", action="store_true", help="run nothing")
    parser.add_argument("--limit", type=float, default=300, help="seconds for one benchmark")
    args = parser.parse_args()
    results, problems = (RESULTS / "quick" if args.quick else RESULTS), []
    if not args.tables:
        problems = [run(name, quick=args.quick, results=results, limit=args.limit) for name in args.only]
    text = tables(read_results(results))
    if args.quick:
        print(f"\n{text}")
    else:
        DOCUMENT.write_text(put_tables(DOCUMENT.read_text(encoding="utf-8"), text), encoding="utf-8")
        print(f"\nwrote {DOCUMENT}")
    for problem in filter(None, problems):
        print(problem, file=sys.stderr)
    return 1 if any(problems) else 0


if __name__ == "__main__":
    sys.exit(main())
