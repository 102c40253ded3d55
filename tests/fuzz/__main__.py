"""All targets, their counts, and each input that failed.

python -m tests.fuzz --inputs 200000 --seed 0 --data ../shared/data
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from tests.fuzz.running import Bounds, run, run_one, save_failures
from tests.fuzz.targets import SHARES, make_target


def main(arguments: list[str] | None = None) -> int:
    """Runs; 1 where any input failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Mutated inputs against the laws.")
    parser.add_argument("--inputs", type=int, default=20_000, help="over all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder of *.csv.gz with real molecules; default the demo's")
    parser.add_argument("--target", choices=sorted(SHARES), action="append", help="only this one; may be repeated")
    parser.add_argument("--only", type=int, help="number of one input, run in this process")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder for inputs that failed")
    parser.add_argument("--json", type=Path, help="file for the counts")
    parser.add_argument("--seconds", type=float, default=Bounds.cpu, help="of processor time that one input may take")
    options = parser.parse_args(arguments)
    names = options.target or list(SHARES)
    bounds = Bounds(cpu=options.seconds)
    if options.only is not None:
        told = run_one(make_target(names[0], options.data), options.seed, options.only, bounds)
        print(told["outcome"], told.get("input", ""), told.get("trace", ""), sep="\n")
        return int(told["outcome"].startswith("FAILED"))
    total, failed, counts = sum(SHARES[name] for name in names), 0, {}
    for name in names:
        found = run(
            make_target(name, options.data),
            round(options.inputs * SHARES[name] / total),
            seed=options.seed,
            bounds=bounds,
        )
        counts[name] = found.summary()
        failed += len(found.failures)
        _tell(name, counts[name])
        if found.is_cut:
            print("  interrupted", flush=True)
        for path in save_failures(found, options.found, options.seed):
            print(f"  {path}: {json.loads(path.read_text())['outcome']}", flush=True)
        if found.is_cut:
            break
    counts["all"] = {
        key: sum(one[key] for one in counts.values()) for key in ("inputs", "accepted", "refused", "failed")
    }
    _tell("all", counts["all"])
    if options.json:
        options.json.write_text(json.dumps({"seed": options.seed, **counts}, indent=1) + "\n", encoding="utf-8")
    return int(failed > 0)


def _tell(name: str, counts: dict):
    shown = ", ".join(f"{value} {key}" for key, value in counts.items() if not isinstance(value, dict))
    print(f"{name}: {shown}", flush=True)
    for reason, count in counts.get("most_refused", {}).items():
        print(f"    {count:7d}  {reason}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
