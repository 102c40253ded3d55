"""What conversations are worth: the paper's stage ablation (arXiv 2411.00871, table 5) at a small scale, on a CPU.

    python examples/05_conversation_ablation.py --data ../shared/data --prepared runs/compact/data

Writes conversations by the template backend from open descriptions, trains one small model on descriptions (stage 1)
and goes on twice from there (stage 2): on descriptions, names and properties, without and with the conversations; as
many steps each. Nothing is frozen, since the language model begins with random weights. `--prepared` is the folder that
`examples/03_train_compact.py --only-prepare` makes, for its tokenizer. A killed run goes on where it was.
"""

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

from transformers.utils import logging

from llamo.assistant import Assistant
from llamo.checking import read_conversations
from llamo.compact import sources
from llamo.compact.checkpoint import release
from llamo.compact.loop import train
from llamo.compact.model import Size, build
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row, RowMaker
from llamo.compact.schedule import Schedule, Stage
from llamo.data.sources import DataSource
from llamo.demo.questions import QUESTION_TYPES
from llamo.evaluation.command import Request, evaluate
from llamo.evaluation.options import GenerationOptions
from llamo.evaluation.systems import SystemOptions
from llamo.instructions.command import Request as Instructions
from llamo.instructions.command import build_instructions
from processors import LlamoDataCollator, LlamoProcessor
from processors.molecule import parse

TESTS = ("description-chebi20", "iupac", "qm9")
ARMS = {"stage 1": None, "stages 1 and 2, no conversations": 0.0, "stages 1 and 2, with conversations": 1.0}
SIZE = Size(width=192, layers=4, heads=4, inner=512, graph_width=128)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data files")
    parser.add_argument("--prepared", type=Path, default=Path("runs/compact/data"))
    parser.add_argument("--folder", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--conversations", type=int, default=5000)
    parser.add_argument("--steps", type=int, default=300, help="of each stage")
    parser.add_argument("--limit", type=int, default=200, help="test questions of each task")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    args = read_arguments()
    logging.set_verbosity_error()
    args.folder.mkdir(parents=True, exist_ok=True)
    processor = LlamoProcessor.from_pretrained(args.prepared / "processor")
    written = list(training_rows(args, processor))
    rows, looked_at = encode_rows(written, processor, 512), encode_rows(written[:64], processor, 512)
    found = {}
    for name, weight in ARMS.items():
        folder = args.folder / name.replace(" ", "-").replace(",", "")
        stages = [Stage(args.steps, {"property": 0, "name": 0, "conversation": 0}, 2e-3)]
        if weight is not None:
            if not folder.is_dir():
                shutil.copytree(args.folder / "stage-1", folder, ignore=shutil.ignore_patterns("release"))
            stages.append(Stage(args.steps, {"conversation": weight}, 1e-3))
        schedule = Schedule(tuple(stages), max_tokens=4096, warmup_steps=50, seed=args.seed)
        model = build(processor, SIZE, seed=args.seed)
        train(model, LlamoDataCollator(processor), rows, looked_at, schedule, folder)
        processor.save_pretrained(folder / "release")
        release(folder, folder / "release")
        found[name] = measure(args, folder / "release")
        print(name, json.dumps(found[name]))
    (args.folder / "results.json").write_text(json.dumps(vars(args) | found, indent=2, default=str) + "\n")


def training_rows(args: argparse.Namespace, processor: LlamoProcessor):
    held_out = sources.HeldOut(args.data)
    descriptions = list(sources.descriptions(args.data, held_out))
    maker = RowMaker(processor.captions, seed=args.seed)
    yield from maker.descriptions(descriptions, copies=2)
    for kind, tasks in (("name", ("iupac",)), ("property", ("qm9", "esol", "lipophilicity", "bbbp", "bace"))):
        questions = sources.task_questions(args.data, held_out, tasks, limit=4000)
        yield from maker.single([replace(one, kind=kind) for one in questions])
    for one in read_conversations(DataSource(str(conversations(args, descriptions)))):
        smiles = sources.canonical(one.molecules[0])
        yield Row("conversation", smiles, smiles, tuple((turn.question, turn.answer) for turn in one.turns))


def conversations(args: argparse.Namespace, descriptions: list[sources.Question]) -> Path:
    written, folder = args.folder / "descriptions.jsonl", args.folder / "conversations"
    lines = [
        json.dumps({"smiles": one.smiles, "description": one.answer}) for one in descriptions[: args.conversations]
    ]
    written.write_text("\n".join(lines) + "\n")
    request = Instructions(written, folder, tests=("description-chebi20",), data_folder=args.data, seed=args.seed)
    build_instructions(request)
    return folder / "data" / "train-00000-of-00001.jsonl"


def measure(args: argparse.Namespace, folder: Path) -> dict[str, float]:
    options = SystemOptions(GenerationOptions(batch_size=32), device="cpu", dtype="float32")
    found = {}
    for task in TESTS:
        output = folder.parent / task
        request = Request(
            task, [str(folder)], output=output, data_folder=args.data, limit=args.limit, options=options, resamples=0
        )
        scores = evaluate(request)[0].scores
        wanted = ("bleu_4", "meteor", "mae", "mae_all")
        found |= {f"{task} {name}": scores[name].value for name in wanted if name in scores}
    asked = sources.asked(args.data, "test", limit=args.limit // 2)
    mols = [parse(one.smiles) for one in asked]
    questions = [
        (one.smiles, kind.phrasings[0], kind.answer(mol))
        for one, mol in zip(asked, mols, strict=True)
        for kind in QUESTION_TYPES
    ]
    replies = Assistant.load(folder).ask(
        [one[0] for one in questions], [one[1] for one in questions], max_new_tokens=24
    )
    right = [_says(reply.text, truth) for reply, (_, _, truth) in zip(replies, questions, strict=True)]
    return found | {"facts": sum(right) / len(right)}


def _says(text: str, truth: str) -> bool:
    words = text.lower().replace("-", " ").strip(" .").split()
    spelled = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return truth.lower() in words or (truth.isdigit() and int(truth) <= 10 and spelled[int(truth)] in words)


if __name__ == "__main__":
    main()
