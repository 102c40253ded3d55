"""Time and memory of training steps: padded, grouped by length, packed, and with the loss of labelled positions only.

    python benchmarks/training_loss.py
    python benchmarks/training_loss.py --hidden-size 512 --layers 8 --vocab-size 32000

A small random Llama on CPU and text of synthetic lengths. One pass over all rows, forward and backward, is one timing
(CPU time, which other programs disturb less); the ways take turns, and the median of the rounds counts. Memory is
what one pass adds to the peak of its process.
"""

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median

import numpy as np
import torch
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

from configuration import LlamoConfig
from llamo.data.batching import pack_lengths
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor

# name -> (how rows become batches, loss_only)
WAYS = {
    "padded": ("padded", False),
    "padded, loss_only": ("padded", True),
    "grouped": ("grouped", False),
    "grouped, loss_only": ("grouped", True),
    "packed": ("packed", False),
    "packed, loss_only": ("packed", True),
}


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocab-size", type=int, default=16000)
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--chunk-size", type=int, default=128, help="positions whose logits exist at a time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def make_model(args: argparse.Namespace) -> LlamoForConditionalGeneration:
    torch.manual_seed(0)
    text = {
        "model_type": "llama",
        "hidden_size": args.hidden_size,
        "intermediate_size": 3 * args.hidden_size,
        "num_hidden_layers": args.layers,
        "num_attention_heads": args.hidden_size // 32,
        "vocab_size": args.vocab_size,
        "pad_token_id": 0,
    }
    graph = {"hidden_size": 16, "num_hidden_layers": 1}
    projector = {"hidden_size": 16, "mlp_depth": 1}
    config = LlamoConfig(text_config=text, graph_config=graph, projector_config=projector, graph_token_id=3)
    model = LlamoForConditionalGeneration(config).train()
    model.loss_chunk_size = args.chunk_size
    return model


def make_rows(args: argparse.Namespace) -> list[dict]:
    """Questions of 60 to 120 tokens; answers of about 45, few of them long."""
    random = np.random.default_rng(0)
    rows = []
    for _ in range(args.rows):
        question, answer = int(random.integers(60, 121)), int(random.lognormal(3.8, 0.7)) + 5
        ids = random.integers(4, args.vocab_size, size=question + answer)
        rows.append({"input_ids": ids, "labels": np.where(np.arange(len(ids)) < question, -100, ids)})
    return rows


def make_processor() -> LlamoProcessor:
    tokenizer = Tokenizer(models.WordLevel({"<pad>": 0, "<unk>": 1, "</s>": 2}, unk_token="<unk>"))
    names = {"unk_token": "<unk>", "pad_token": "<pad>", "eos_token": "</s>"}
    return LlamoProcessor(tokenizer=PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names))


def make_batches(kind: str, rows: list[dict], batch_size: int) -> list[dict]:
    """All rows once; packed batches have the tokens that a padded one holds on average without its padding."""
    processor, lengths = make_processor(), [len(row["input_ids"]) for row in rows]
    collate = LlamoPackingCollator(processor) if kind == "packed" else LlamoDataCollator(processor)
    order = list(range(len(rows))) if kind == "padded" else sorted(range(len(rows)), key=lambda row: -lengths[row])
    groups = [order[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    if kind == "packed":
        groups = pack_lengths(lengths, max(max(lengths), sum(lengths) * batch_size // len(rows)))
    return [collate([rows[row] for row in group]) for group in groups]


def run_pass(model: LlamoForConditionalGeneration, batches: list[dict], loss_only: bool) -> float:
    """CPU seconds of forward and backward over all batches."""
    model.zero_grad()
    started = time.process_time()
    for batch in batches:
        model(**batch, loss_only=loss_only).loss.backward()
    return time.process_time() - started


def peak_growth(args: argparse.Namespace, kind: str, loss_only: bool) -> float:
    """MB by which one pass raises the peak of this process, beyond the weights' gradients."""
    torch.set_num_threads(args.threads)
    model, batches = make_model(args), make_batches(kind, make_rows(args), args.batch_size)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for batch in batches:
        model(**batch, loss_only=loss_only).loss.backward()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def measure_memory(args: argparse.Namespace) -> dict[str, float]:
    """Of each way, in a process of its own."""
    memory = {}
    for name, way in WAYS.items():
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            memory[name] = pool.submit(peak_growth, args, *way).result()
    return memory


def measure_time(args: argparse.Namespace, batches: dict[str, list[dict]]) -> dict[str, float]:
    """Median of the rounds, in which the ways take turns; a first round is not counted."""
    model, seconds = make_model(args), {name: [] for name in WAYS}
    for _ in range(args.rounds + 1):
        for name, (kind, loss_only) in WAYS.items():
            seconds[name].append(run_pass(model, batches[kind], loss_only))
    return {name: median(times[1:]) for name, times in seconds.items()}


def main():
    args = read_arguments()
    torch.set_num_threads(args.threads)
    rows = make_rows(args)
    batches = {kind: make_batches(kind, rows, args.batch_size) for kind, _ in WAYS.values()}
    tokens = sum(len(row["input_ids"]) for row in rows)
    labels = sum(int((row["labels"] != -100).sum()) for row in rows)
    print(f"{len(rows)} rows, {tokens} tokens, {labels / tokens:.0%} of them labelled; {vars(args)}")
    memory, seconds = measure_memory(args), measure_time(args, batches)
    print(f"{'way':<20}{'padding':>9}{'CPU s':>9}{'ratio':>7}{'peak MB':>9}{'ratio':>7}")
    for name, (kind, _) in WAYS.items():
        padding = 1 - tokens / sum(batch["input_ids"].numel() for batch in batches[kind])
        time_ratio, memory_ratio = seconds[name] / seconds["padded"], memory[name] / memory["padded"]
        print(
            f"{name:<20}{padding:>9.0%}{seconds[name]:>9.2f}{time_ratio:>7.2f}{memory[name]:>9.0f}{memory_ratio:>7.2f}"
        )


if __name__ == "__main__":
    main()
