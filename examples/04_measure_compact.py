"""Measures the compact LLaMo and its twins, and writes the numbers as JSON and as the model's card.

    python examples/04_measure_compact.py --data ../shared/data --prepared runs/compact/data --runs runs/compact/gpu

`--runs` holds the folders of examples/03_train_compact.py, one for each of its `--twin`s, with the answers that its
`--answer` wrote. Refusals and confidences are asked here, of `--model`: about ten minutes on a CPU.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llamo.assistant import Assistant
from llamo.compact import answers, measuring, tensors
from llamo.compact.card import write_card
from llamo.compact.prepare import TEST
from llamo.compact.schedules import TWINS
from llamo.compact.shipped import FOLDER
from llamo.compact.sources import asked
from processors import LlamoDataCollator, LlamoProcessor


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data files")
    parser.add_argument("--prepared", type=Path, default=Path("runs/compact/data"))
    parser.add_argument("--runs", type=Path, default=Path("runs/compact/gpu"))
    parser.add_argument("--tasks", type=Path, help="folder of TASK.json, what `llamo evaluate --json` printed")
    parser.add_argument("--model", type=Path, default=FOLDER)
    parser.add_argument("--output", type=Path, default=Path("docs/compact.json"))
    parser.add_argument("--molecules", type=int, default=100, help="of the test split, for refusals and confidences")
    parser.add_argument("--rows", type=int, default=600, help="first test molecules that the shipped model describes")
    parser.add_argument("--resamples", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--training", required=True, help="how it was trained: command, seed, hardware, time")
    return parser.parse_args()


def main():
    args = read_arguments()
    molecules = [one.smiles for one in asked(args.data, "test", limit=args.molecules)]
    assistant = Assistant.load(args.model)
    found: dict[str, Any] = {
        "prepared": json.loads((args.prepared / "report.json").read_text(encoding="utf-8")),
        "model": {"weights": assistant.model.num_parameters(), "training": args.training},
        "molecules": len(molecules),
        "twins": {twin: _twin(args, twin) for twin in TWINS if (args.runs / twin).is_dir()},
    }
    found["failures"] = found["twins"]["full"].pop("failures")
    found["rows"] = args.rows
    found["shipped"] = {f"{name}:both:1": _shipped(args, assistant, name) for name in TEST.values()}
    found["nearest"] = _nearest(args, assistant.processor)
    results = sorted(args.tasks.glob("*.json")) if args.tasks else []
    found["tasks"] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in results}
    found["refusals"] = measuring.refusal_scores(assistant, molecules)
    found["confidence"] = measuring.confidence_scores(assistant, molecules)
    args.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_card(found, args.model / "README.md")


def _twin(args: argparse.Namespace, twin: str) -> dict[str, Any]:
    """Training curve and scores of all answers of one model."""
    processor, folder = LlamoProcessor.from_pretrained(args.prepared / "processor"), args.runs / twin
    found = {"curve": measuring.training_curve(folder / "metrics.jsonl"), "answers": {}}
    for path in sorted(folder.glob("answers-*.jsonl")):
        prepared, shown, beams = _divide(path.stem.removeprefix("answers-"))
        answered = measuring.read_answers(path, tensors.load(args.prepared / prepared), processor)
        found["answers"][f"{prepared}:{shown}:{beams}"] = _scores(args, prepared, answered)
        if twin == "full" and (prepared, shown, beams) == ("test-0", "both", "1"):
            found["failures"] = [asdict(one) for one in measuring.failures(answered)]
        print(twin, path.stem, flush=True)
    return found


def _shipped(args: argparse.Namespace, assistant: Assistant, prepared: str) -> dict[str, Any]:
    """Scores of the model as it is shipped: halved weights, its own generation settings. Answers are kept."""
    processor, rows = assistant.processor, tensors.load(args.prepared / prepared)
    path = args.runs / "shipped" / f"answers-{prepared}-both-1.jsonl"
    if not path.is_file():
        asked = answers.questions(rows, "both", graph_token_id=processor.graph_token_id)[: args.rows]
        collate = LlamoDataCollator(processor, for_generation=True)
        found = answers.answers(assistant.model, collate, asked, batch_size=32, do_sample=False, max_new_tokens=256)
        path.parent.mkdir(exist_ok=True)
        answers.write(path, found)
    return _scores(args, prepared, measuring.read_answers(path, rows, processor))


def _nearest(args: argparse.Namespace, processor: LlamoProcessor) -> dict[str, Any]:
    """What copying the description of the nearest molecule of the model's index scores."""
    assert processor.captions is not None
    copied = [
        measuring.Answered(one.kind, one.smiles, one.answer, processor.captions.nearest(one.smiles, 1)[0].caption)
        for one in asked(args.data, "test", limit=None)
    ]
    return measuring.description_scores(copied, tokenizer=f"scibert:{args.data}", resamples=args.resamples)


def _divide(name: str) -> tuple[str, str, str]:
    """`test-3-both-shuffled-1` -> `test-3`, `both-shuffled` and `1`."""
    *parts, beams = name.split("-")
    number = 1 if parts[0] == "validation" else 2
    return "-".join(parts[:number]), "-".join(parts[number:]), beams


def _scores(args: argparse.Namespace, name: str, answered: list[measuring.Answered]) -> dict[str, Any]:
    if name == "test-facts":
        return {"facts": measuring.fact_scores(answered), "formula_by_size": measuring.formula_by_size(answered)}
    described = [one for one in answered if one.kind == "description"]
    return measuring.description_scores(described, tokenizer=f"scibert:{args.data}", resamples=args.resamples)


if __name__ == "__main__":
    main()
