"""Training batches: how little of them is padding, and tokens per second of LLaMo and of the bare language model.

    python benchmarks/training.py
    python benchmarks/training.py --quick     # padding alone, no model

Rows are 28 graph tokens, 40 words that ask, and a caption as long as those of ChEBI-20's test split are in WordPieces
of SciBERT, where `LLAMO_DATA` names a folder that has both; lengths are drawn otherwise (said in the output). Tokens
are real ones only, per second and in FLOPs per token, which do not depend on the machine. The language model is random,
110 million parameters; every weight trains, with AdamW.
"""

import argparse
import csv
import gzip
from functools import partial
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from transformers.utils import logging

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import FILE, data_file, real_graphs
from benchmarks.small_llama import GRAPH_TOKEN, VOCAB_SIZE, build, make_optimizer, size, train_step
from llamo.analysis.cost.operations import count_flops
from llamo.analysis.cost.timing import take_turns
from llamo.data.batching import LengthGroupedSampler, TokenBudgetBatchSampler
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor

GRAPH_TOKENS, QUESTION = 28, 40
VOCABULARY = "scibert_uncased_vocab.txt.gz"
Rows = list[dict[str, Any]]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch-size", type=int, default=16, help="rows of a padded batch")
    parser.add_argument("--max-tokens", type=int, default=4096, help="tokens of a packed batch")
    parser.add_argument("--rows", type=int, default=2, help="rows of the batch that is timed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def caption_lengths() -> tuple[np.ndarray, str]:
    """Tokens of captions, and where they come from."""
    path, words = data_file(FILE), data_file(VOCABULARY)
    if path is None or words is None:
        drawn = np.random.default_rng(0).lognormal(4.0, 0.5, size=3300).astype(int) + 5
        return drawn, "drawn from a lognormal distribution"
    with gzip.open(words, "rt", encoding="utf-8") as file:
        vocabulary = {word.rstrip("\n"): number for number, word in enumerate(file)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        captions = [row["description"] for row in csv.DictReader(file)]
    return np.array([len(encoding.ids) for encoding in tokenizer.encode_batch(captions)]), f"captions of {FILE}"


def make_rows(captions: np.ndarray) -> Rows:
    """Random words behind graph tokens; the caption has labels."""
    random, rows = np.random.default_rng(0), []
    for caption in captions:
        ids = random.integers(4, VOCAB_SIZE, size=GRAPH_TOKENS + QUESTION + caption)
        labels = np.where(np.arange(len(ids)) < GRAPH_TOKENS + QUESTION, -100, ids)
        rows.append({"input_ids": ids, "labels": labels})
    return rows


def with_molecules(rows: Rows) -> Rows:
    """One molecule for each row, whose tokens take the place of its first words."""
    changed = []
    for number, row in enumerate(rows):
        ids = row["input_ids"].copy()
        ids[:GRAPH_TOKENS] = GRAPH_TOKEN
        changed.append({**row, **real_graphs(1, first=number), "input_ids": ids})
    return changed


def make_processor() -> LlamoProcessor:
    """Collators ask it for the pad token only."""
    tokenizer = Tokenizer(models.WordLevel({"<pad>": 0, "<unk>": 1, "</s>": 2}, unk_token="<unk>"))
    names = {"unk_token": "<unk>", "pad_token": "<pad>", "eos_token": "</s>"}
    return LlamoProcessor(tokenizer=PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names))


def efficiency(rows: Rows, batches: list[list[int]], collate: LlamoDataCollator) -> float:
    """Share of real tokens in the tensors that the collator makes."""
    held = sum(collate([rows[row] for row in batch])["input_ids"].numel() for batch in batches)
    return sum(len(rows[row]["input_ids"]) for batch in batches for row in batch) / held


def in_batches(order: list[int], batch_size: int) -> list[list[int]]:
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def measure_padding(rows: Rows, args: argparse.Namespace) -> list[Line]:
    lengths, processor = [len(row["input_ids"]) for row in rows], make_processor()
    padded, packed = LlamoDataCollator(processor), LlamoPackingCollator(processor)
    grouped = list(LengthGroupedSampler(lengths, batch_size=args.batch_size))
    shuffled = np.random.default_rng(0).permutation(len(rows)).tolist()
    budget = list(TokenBudgetBatchSampler(lengths, max_tokens=args.max_tokens))
    in_batch, tokens = f"batches of {args.batch_size}", f"{args.max_tokens} tokens"
    return [
        Line(f"real tokens, padded to 512, {in_batch}", sum(lengths) / max(512, max(lengths)) / len(rows)),
        Line(f"real tokens, random order, {in_batch}", efficiency(rows, in_batches(shuffled, args.batch_size), padded)),
        Line(
            f"real tokens, grouped by length, {in_batch}",
            efficiency(rows, in_batches(grouped, args.batch_size), padded),
            0.97,
            at_least=True,
        ),
        Line(f"real tokens, packed, {tokens}", efficiency(rows, budget, packed), 1.0, at_least=True),
        Line(f"packed batches by {tokens}", sum(lengths) / len(budget) / args.max_tokens, note="how full they are"),
    ]


def measure_speed(rows: Rows, args: argparse.Namespace) -> tuple[list[Line], str]:
    """Steps on one batch of rows in random order, as a plain `Trainer` would take them."""
    model, text = build()
    processor, rows = make_processor(), rows[: args.rows]
    padded, packed = LlamoDataCollator(processor), LlamoPackingCollator(processor)
    optimizers = {m: make_optimizer(m.parameters()) for m in (model.train(), text.train())}
    rows_with = with_molecules(rows)
    ways = {
        name: partial(train_step, module, optimizers[module], {**batch, **options})
        for name, module, batch, options in (
            ("text, padded", text, padded(rows), {"use_cache": False}),
            ("text, packed", text, packed(rows), {"use_cache": False}),
            ("LLaMo, padded", model, padded(rows_with), {}),
            ("LLaMo, packed", model, packed(rows_with), {}),
            ("LLaMo, packed, loss_only", model, packed(rows_with), {"loss_only": True}),
        )
    }
    flops = {way: count_flops(function) for way, function in ways.items()}
    pairs = (
        ("LLaMo, padded", "text, padded"),
        ("LLaMo, packed", "text, packed"),
        ("LLaMo, packed, loss_only", "text, padded"),
    )
    lines = [Line(f"FLOPs per token: {one} by {other}", flops[one] / flops[other]) for one, other in pairs]
    note = f"{args.rows} rows: little padding to save"
    seconds = take_turns(ways, rounds=args.rounds, warm_up=0)  # counting has warmed up
    lines += [
        Line(f"tokens per second: {one} by {other}", ratio(seconds, other, one), note=note) for one, other in pairs
    ]
    return lines, size(text)


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    captions, source = caption_lengths()
    rows = make_rows(captions)
    lines, parameters = ([], "none") if args.quick else measure_speed(rows, args)
    setting = {"language model": parameters, "rows that are timed": args.rows, "caption lengths": source}
    report("training", measure_padding(rows, args) + lines, setting=setting)


if __name__ == "__main__":
    main()
