"""What importing costs: CPU seconds of fresh processes, with `import llamo` and without it.

    python benchmarks/imports.py
    python benchmarks/imports.py --quick

A timing is a whole process, the start of Python included, on both sides of every ratio. Which heavy packages are loaded
afterwards is looked up in the same processes' `sys.modules`.
"""

import argparse
import resource
import subprocess
import sys
from functools import partial
from statistics import median

from benchmarks.measuring import Line, ratio, report, take_turns

HEAVY = {"torch", "transformers", "transformers.trainer", "torch_geometric", "peft", "datasets", "rdkit"}
AUTO_CLASSES = ("AutoConfig", "AutoTokenizer", "AutoModel", "AutoProcessor")
PLAIN, OURS, HELP = "from transformers import {}", "import llamo; from transformers import {}", "llamo --help"
HELP_CODE = """
import sys
sys.argv = ["llamo", "--help"]
from llamo.cli import main
try:
    main()
except SystemExit:
    pass
"""


def run(code: str) -> str:
    """Runs code in a fresh process and gives what it prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def children_cpu() -> float:
    """CPU seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def heavy_after(code: str) -> list[str]:
    """Heavy packages that code loads."""
    shown = run(f"{code}\nimport sys; print('loaded:', *sorted({HEAVY} & set(sys.modules)))")
    return shown.splitlines()[-1].split()[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    args = parser.parse_args()
    rounds = args.rounds or (1 if args.quick else 4)
    autos = AUTO_CLASSES[1:2] if args.quick else AUTO_CLASSES
    codes = {"import llamo": "import llamo", HELP: HELP_CODE, PLAIN.format("AutoConfig"): PLAIN.format("AutoConfig")}
    codes |= {form.format(auto): form.format(auto) for auto in autos for form in (PLAIN, OURS)}
    run(OURS.format("AutoProcessor"))  # so that files are cached and compiled
    functions = {name: partial(run, code) for name, code in codes.items()}
    seconds = take_turns(functions, rounds=rounds, clock=children_cpu, warm_up=0)
    config = PLAIN.format("AutoConfig")
    lines = [
        Line(f"`import llamo` / `{config}`", ratio(seconds, "import llamo", config), 1.05),
        Line("`import llamo`, CPU seconds with the start of Python", median(seconds["import llamo"]), 0.1),
        Line("`llamo --help`, CPU seconds with the start of Python", median(seconds[HELP]), 1.0),
    ]
    for auto in autos:
        one, other = OURS.format(auto), PLAIN.format(auto)
        lines.append(Line(f"`import llamo` before `{other}` / without", ratio(seconds, one, other), 1.05))
    for name in ("import llamo", HELP):
        loaded = heavy_after(codes[name])
        note = f"{', '.join(loaded) or 'none'} of {', '.join(sorted(HEAVY))}"
        lines.append(Line(f"heavy packages loaded by `{name}`, number", len(loaded), 0, note=note))
    report("imports", lines, seconds=seconds, rounds=rounds)


if __name__ == "__main__":
    main()
