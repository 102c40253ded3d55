"""Trains the compact LLaMo from scratch: prepares data once, then trains; both go on where they were stopped.

    python examples/03_train_compact.py --data ../shared/data --plan cpu
    python examples/03_train_compact.py --plan gpu --device cuda --minutes 9    # again and again, until it says "done"

The files of `--data` are named in `llamo/compact/sources.py`. Training reads the prepared folder alone and needs torch
and transformers, nothing else; a killed run goes on from its last checkpoint. `--answer` then writes the answers to
ChEBI-20's test questions, as tokens.
"""

import argparse
from pathlib import Path

import torch
from transformers.utils import logging

from llamo.compact import answers, tensors
from llamo.compact.checkpoint import release
from llamo.compact.loop import train
from llamo.compact.model import build
from llamo.compact.schedules import PLANS, TWINS
from llamo.compact.views import VIEWS
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", choices=PLANS, default="cpu")
    parser.add_argument("--twin", choices=TWINS, default="full", help="a model to compare with")
    parser.add_argument("--data", type=Path, help="folder of the data files; needed once, to prepare")
    parser.add_argument("--prepared", type=Path, default=Path("runs/compact/data"), help="folder of the prepared data")
    parser.add_argument("--folder", type=Path, default=Path("runs/compact/model"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--minutes", type=float, help="stop after so many, with a checkpoint")
    parser.add_argument("--workers", type=int, default=0, help="processes that make batches")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-prepare", action="store_true")
    parser.add_argument("--answer", nargs="*", default=[], metavar="SET:VIEW:BEAMS", help="such as test-3:both:1")
    return parser.parse_args()


def main():
    args = read_arguments()
    logging.set_verbosity_error()
    if not (args.prepared / "report.json").is_file():
        if args.data is None:
            raise SystemExit(f"{args.prepared} is not prepared: give --data, the folder of the data files")
        from llamo.compact.prepare import Amounts, prepare

        print(prepare(args.data, args.prepared, Amounts(), seed=args.seed))
    if args.only_prepare:
        return
    torch.set_float32_matmul_precision("high")
    processor = LlamoProcessor.from_pretrained(args.prepared / "processor")
    if not _train(args, processor):
        print("not finished: run the same command again")
        return
    if not (args.folder / "release" / "config.json").is_file():
        processor.save_pretrained(args.folder / "release")
        release(args.folder, args.folder / "release")
    print(f"done: {args.folder / 'release'}")
    for wanted in args.answer:
        _answer(args, processor, *wanted.split(":"))


def _train(args: argparse.Namespace, processor: LlamoProcessor) -> bool:
    plan = PLANS[args.plan].twin(args.twin)
    return train(
        build(processor, plan.size, seed=args.seed, projector=plan.projector),
        LlamoPackingCollator(processor) if plan.schedule.packed else LlamoDataCollator(processor, pad_to_multiple_of=8),
        tensors.load(args.prepared / "train"),
        tensors.load(args.prepared / "validation"),
        plan.schedule,
        args.folder,
        device=args.device,
        minutes=args.minutes,
        workers=args.workers,
    )


def _answer(args: argparse.Namespace, processor: LlamoProcessor, name: str, shown: str, beams: str):
    """Writes answers; `shown` is a view, or one with `-shuffled` behind it for graphs of other molecules."""
    view, _, shuffled = shown.partition("-")
    if view not in VIEWS:
        raise SystemExit(f"--answer {name}:{shown}:{beams}: a view is one of {', '.join(VIEWS)}")
    dtype = torch.float32 if args.device == "cpu" else torch.bfloat16
    model = LlamoForConditionalGeneration.from_pretrained(args.folder / "release", dtype=dtype).eval()
    torch.nn.Module.to(model, args.device)
    asked = answers.questions(
        tensors.load(args.prepared / name), view, graph_token_id=processor.graph_token_id, shuffled=bool(shuffled)
    )
    found = answers.answers(
        model,
        LlamoDataCollator(processor, for_generation=True),
        asked,
        batch_size=32 if args.device == "cpu" else 512 // int(beams),
        num_beams=int(beams),
        do_sample=False,
        max_new_tokens=256,
    )
    path = args.folder / f"answers-{name}-{shown}-{beams}.jsonl"
    answers.write(path, found)
    print(path)


if __name__ == "__main__":
    main()
