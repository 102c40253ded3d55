"""What importing costs: CPU seconds of fresh processes, with `import llamo` and without it.

    python benchmarks/imports.py
    python benchmarks/imports.py --quick     # one round, of which only what it counts has a verdict

A timing is a whole process, the start of Python included, on both sides of every ratio. Seconds of the same process
vary by a tenth and more on a shared machine; the modules that it has loaded at its end, which it prints, do not.
"""

import argparse
import resource
import subprocess
import sys
from functools import partial
from statistics import median

from benchmarks.measuring import Line, ratio, report
from llamo.analysis.cost.timing import take_turns

HEAVY = {"torch", "transformers", "transformers.trainer", "torch_geometric", "peft", "datasets", "rdkit"}
AUTO_CLASS, QUICK_AUTO_CLASS = "AutoTokenizer", "AutoConfig"
PLAIN, OURS = "from transformers import {}", "import llamo; from transformers import {}"
LLAMO, HELP, CONFIG = "import llamo", "llamo --help", PLAIN.format("AutoConfig")
HELP_CODE = """
import sys
sys.argv = ["llamo", "--help"]
from llamo.cli import main
try:
    main()
except SystemExit:
    pass
"""


def run(code: str, loaded: dict[str, set[str]], name: str):
    """Runs code in a fresh process and notes what modules it has loaded at the end."""
    code += "\nimport sys; print(); print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    loaded[name] = set(shown.splitlines()[-1].split())


def children_cpu() -> float:
    """CPU seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def lines_of_an_auto_class(
    auto: str, seconds: dict[str, list[float]], loaded: dict[str, set[str]], *, quick: bool
) -> list[Line]:
    """What `import llamo` adds to the import of one of transformers' Auto classes."""
    ours, plain, bound = OURS.format(auto), PLAIN.format(auto), None if quick else 1.05
    added, modules = loaded[ours] - loaded[plain], len(loaded[ours]) / len(loaded[plain])
    return [
        Line(f"{auto} behind `{LLAMO}` / alone, CPU", ratio(seconds, ours, plain), bound, note=f"`{ours}`"),
        Line(f"{auto} behind `{LLAMO}` / alone, modules", modules, 1.05, note=f"{len(added)} more"),
    ]


def lines_of_llamo_alone(seconds: dict[str, list[float]], loaded: dict[str, set[str]]) -> list[Line]:
    lines = [
        Line(f"`{LLAMO}` / `{CONFIG}`, CPU", ratio(seconds, LLAMO, CONFIG), 1.05),
        Line(f"`{LLAMO}`, CPU seconds with the start of Python", median(seconds[LLAMO]), 0.1),
        Line(f"`{HELP}`, CPU seconds with the start of Python", median(seconds[HELP]), 1.0),
    ]
    for name in (LLAMO, HELP):
        heavy = sorted(HEAVY & loaded[name])
        note = f"{', '.join(heavy) or 'none'} of {', '.join(sorted(HEAVY))}"
        lines.append(Line(f"heavy packages loaded by `{name}`, number", len(heavy), 0, note=note))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    args = parser.parse_args()
    rounds, auto = args.rounds or (1 if args.quick else 6), QUICK_AUTO_CLASS if args.quick else AUTO_CLASS
    codes = {LLAMO: LLAMO, HELP: HELP_CODE, CONFIG: CONFIG}
    codes |= {form.format(auto): form.format(auto) for form in (PLAIN, OURS)}
    loaded: dict[str, set[str]] = {}
    if not args.quick:  # so that files are cached and compiled
        run(codes[OURS.format(auto)], loaded, "nothing that is compared")
    functions = {name: partial(run, code, loaded, name) for name, code in codes.items()}
    seconds = take_turns(functions, rounds=rounds, clock=children_cpu, warm_up=0)
    lines = lines_of_llamo_alone(seconds, loaded) + lines_of_an_auto_class(auto, seconds, loaded, quick=args.quick)
    report("imports", lines, seconds=seconds, rounds=rounds)


if __name__ == "__main__":
    main()
