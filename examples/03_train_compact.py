"""Trains the compact LLaMo from scratch: prepares data once, then trains; both go on where they were stopped.

    python examples/03_train_compact.py --data ../shared/data --plan cpu
    python examples/03_train_compact.py --plan gpu --device cuda --minutes 9    # again and again, until it says "done"

The files of `--data` are named in `llamo/compact/sources.py`. Training reads the prepared folder alone and needs torch
and transformers, nothing else; a killed run goes on from its last checkpoint.
"""

import argparse
from pathlib import Path

import torch
from transformers.utils import logging

from llamo.compact import tensors
from llamo.compact.loop import train
from llamo.compact.model import build
from llamo.compact.schedules import PLANS
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", choices=PLANS, default="cpu")
    parser.add_argument("--data", type=Path, help="folder of the data files; needed once, to prepare")
    parser.add_argument("--folder", type=Path, default=Path("runs/compact"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--minutes", type=float, help="stop after so many, with a checkpoint")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-prepare", action="store_true")
    return parser.parse_args()


def main():
    args = read_arguments()
    plan, data = PLANS[args.plan], args.folder / "data"
    logging.set_verbosity_error()
    if not (data / "report.json").is_file():
        if args.data is None:
            raise SystemExit(f"{data} is not prepared: give --data, the folder of the data files")
        from llamo.compact.prepare import prepare

        print(prepare(args.data, data, plan.amounts, seed=args.seed))
    if args.only_prepare:
        return
    processor = LlamoProcessor.from_pretrained(data / "processor")
    collate = (LlamoPackingCollator if plan.schedule.packed else LlamoDataCollator)(processor)
    torch.set_float32_matmul_precision("high")
    done = train(
        build(processor, plan.size, seed=args.seed),
        collate,
        tensors.load(data / "train"),
        tensors.load(data / "validation"),
        plan.schedule,
        args.folder,
        device=args.device,
        minutes=args.minutes,
    )
    processor.save_pretrained(args.folder / "checkpoint")
    print(f"done: {args.folder / 'checkpoint'}" if done else "not finished: run the same command again")


if __name__ == "__main__":
    main()
