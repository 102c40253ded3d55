"""Measures the checker of conversations: errors planted into real data, and how many of them are found.

    python examples/06_measure_checker.py --data ../shared/data

Real sets: DrugChat's questions about ChEMBL drugs, ChemLLMBench's names, formulas, SMILES and descriptions, and the
descriptions of ChEBI-20's validation split, each as one question with the description as context. Recall: planted
errors that are reported as what they are, in the turn where they were planted. False alarms: findings of that kind in
the same conversations as they are; real errors of the files are among them.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from llamo.checking import CheckOptions, Context, Conversation, Turn, Verdict, check, read_conversations
from llamo.checking.check import Checker, CheckResult, find_opsin
from llamo.checking.diversity import check_duplicates
from llamo.checking.form import usual_rules
from llamo.checking.naming import Names
from llamo.checking.planting import PLANTERS, Planted, plant
from llamo.data.sources import DataSource
from llamo.tasks import get_task, open_examples

SETS = ("drugchat_chembl_qa.jsonl.gz", "chemllmbench_instructions.jsonl.gz")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data files")
    parser.add_argument("--planted", type=int, default=200, help="errors of each kind in each set, at most")
    parser.add_argument("--limit", type=int, default=1000, help="descriptions of ChEBI-20")
    parser.add_argument("--output", type=Path, default=Path("docs/checker.json"))
    return parser.parse_args()


def main():
    args = read_arguments()
    found: dict[str, dict] = {kind: Counter() for kind in PLANTERS}
    rates = {}
    for name, conversations in real_sets(args).items():
        rules = usual_rules(conversations)
        clean = check(conversations, CheckOptions(form=rules))
        rates[name] = {
            key: clean.summary[key] for key in ("conversations", "turns", "good", "errors", "flags", "claims")
        }
        checker = Checker(CheckOptions(form=rules), Names(find_opsin()), clean.conversations)
        for kind in PLANTERS:
            planted = plant(kind, clean.conversations, limit=args.planted)
            if planted:
                found[kind].update(measure(planted, clean, checker))
    table = {kind: summarise(counts) for kind, counts in found.items() if counts}
    args.output.write_text(json.dumps({"planted": table, "real": rates}, indent=1) + "\n", encoding="utf-8")
    print(f"{'error':28}{'planted':>9}{'found':>7}{'recall':>8}{'false alarms':>14}{'precision':>11}")
    for kind, one in table.items():
        counts = f"{one['planted']:9}{one['found']:7}{one['recall']:8.3f}"
        print(f"{kind:28}{counts}{one['false_alarms']:8} of {one['places']:<6}{one['precision']:8.3f}")
    for name, one in rates.items():
        print(name, json.dumps(one))


def real_sets(args: argparse.Namespace) -> dict[str, list[Conversation]]:
    """Conversations by the name of their file."""
    found = {name: list(read_conversations(DataSource(str(args.data / name)))) for name in SETS}
    task = get_task("description-chebi20")
    examples = open_examples(task, "validation", data_folder=args.data, limit=args.limit)
    found["chebi20_validation.csv.gz"] = [
        Conversation(one.row, one.molecules, (Turn(one.prompt, one.target),), Context(one.target)) for one in examples
    ]
    return found


def measure(planted: Sequence[Planted], clean: CheckResult, checker: Checker) -> dict[str, int]:
    """Planted errors that are found; the same finding in the same conversations without."""
    area, kind = planted[0].finding
    rows = {one.conversation.row for one in planted}
    if kind == "near-duplicate":
        originals = [one for one in clean.conversations if one.row in rows]
        both = [*originals, *(one.conversation for one in planted)]
        hits = sum(place >= len(originals) for place, _ in check_duplicates(both))
    else:
        checker.learn_names(one.conversation for one in planted)
        hits = sum(_reports(checker.verdict(one.conversation), area, kind, one.turn) for one in planted)
    alarms = sum(
        any((one.area, one.kind) == (area, kind) for one in verdict.findings)
        for verdict in clean.verdicts
        if verdict.row in rows
    )
    return {"planted": len(planted), "found": hits, "false_alarms": alarms, "places": len(rows)}


def _reports(verdict: Verdict, area: str, kind: str, turn: int | None) -> bool:
    return any((one.area, one.kind, one.turn) == (area, kind, turn) for one in verdict.findings)


def summarise(counts: dict[str, int]) -> dict[str, float]:
    """Recall, and precision among as many conversations with the error as without."""
    found, alarms = counts["found"], counts["false_alarms"]
    return {**counts, "recall": found / counts["planted"], "precision": found / max(1, found + alarms)}


if __name__ == "__main__":
    main()
