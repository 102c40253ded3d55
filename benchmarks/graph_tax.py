"""What molecules cost beyond text of equal length: LLaMo against the bare language model with the same weights.

    python benchmarks/graph_tax.py
    python benchmarks/graph_tax.py --quick     # 2 layers instead of 12, one round: no verdict on times

A random Llama of 110 million parameters with the paper's graph side: encoder of 5 layers and width 300, 28 tokens per
molecule, MLP of 6 layers at the language model's width. One molecule per row; rows of 256 tokens. The fewer of these,
the fewer rows at once, and the smaller the language model, the larger the tax.
"""

import argparse
from functools import partial
from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.utils import logging

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import graphs_of, read_molecules
from benchmarks.small_llama import build, graph_inputs, make_optimizer, size, text_inputs, train_step
from llamo.analysis.cost.operations import count_flops
from llamo.analysis.cost.timing import take_turns
from modeling_llamo import LlamoForConditionalGeneration

Inputs = dict[str, Any]
ALONE = "less disturbed than the difference above"
GREEDY = {"do_sample": False}
KINDS = {"greedy": GREEDY, "sampling": {"do_sample": True, "num_return_sequences": 2}, "3 beams": {"num_beams": 3}}


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1)
    parser.add_argument("--length", type=int, default=256, help="tokens of a row, those of the molecule among them")
    parser.add_argument("--new-tokens", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if args.quick:
        args.new_tokens, args.rounds = 4, 1
    return args


@torch.no_grad()
def forward(model: PreTrainedModel, inputs: Inputs):
    model(**inputs, use_cache=False)


def graph_step(model: LlamoForConditionalGeneration, optimizer: torch.optim.Optimizer, graphs: Inputs):
    """What a training step does beside that of the language model."""
    optimizer.zero_grad()
    tokens = model.get_graph_features(**graphs).pooler_output
    assert isinstance(tokens, torch.Tensor)
    tokens.sum().backward()
    optimizer.step()


def generate(model: Any, inputs: Inputs, new_tokens: int, options: Inputs):
    model.generate(**inputs, min_new_tokens=new_tokens, max_new_tokens=new_tokens, eos_token_id=None, **options)


def count_encodings(model: LlamoForConditionalGeneration, inputs: Inputs) -> list[int]:
    """How often the encoder runs in each kind of `generate`."""
    counts, calls = [], []
    hook = model.model.graph_encoder.register_forward_hook(lambda *_: calls.append(1))
    for options in KINDS.values():
        calls.clear()
        generate(model, inputs, 3, options)
        counts.append(len(calls))
    hook.remove()
    return counts


def measure_forward(
    model: LlamoForConditionalGeneration, text: PreTrainedModel, args: argparse.Namespace
) -> list[Line]:
    with_graphs, words = graph_inputs(model, args.rows, args.length), text_inputs(args.rows, args.length)
    ways = {
        "graphs": partial(forward, model, with_graphs),
        "text": partial(forward, text, words),
        "graph side": torch.no_grad()(partial(model.get_graph_features, **graphs_of(with_graphs))),
    }
    flops = {way: count_flops(function) for way, function in ways.items()}
    seconds = take_turns(ways, rounds=args.rounds, warm_up=0)  # counting has warmed up
    return [
        Line("forward, FLOPs", flops["graphs"] / flops["text"], 1.012, note="matrix products and attention"),
        Line("forward, time", ratio(seconds, "graphs", "text"), None if args.quick else 1.03),
        Line("forward, time of graph side alone by text", ratio(seconds, "graph side", "text"), note=ALONE),
    ]


def measure_generate(
    model: LlamoForConditionalGeneration, text: PreTrainedModel, args: argparse.Namespace
) -> list[Line]:
    with_graphs, words = graph_inputs(model, args.rows, args.length), text_inputs(args.rows, args.length)
    ways = {
        "graphs": partial(generate, model, with_graphs, args.new_tokens, GREEDY),
        "text": partial(generate, text, words, args.new_tokens, GREEDY),
    }
    encodings = count_encodings(model, graph_inputs(model, 1 if args.quick else 2, 64))
    seconds = take_turns(ways, rounds=args.rounds, warm_up=0)  # counting and `measure_forward` have warmed up
    name, bound = f"generate, time, {args.new_tokens} new tokens, greedy", None if args.quick else 1.03
    return [
        Line(name, ratio(seconds, "graphs", "text"), bound),
        Line(f"generate, runs of the encoder ({', '.join(KINDS)})", max(encodings), 1.0, note="the most of them"),
    ]


def measure_training(
    model: LlamoForConditionalGeneration, text: PreTrainedModel, args: argparse.Namespace
) -> list[Line]:
    with_graphs, words = graph_inputs(model, args.rows, args.length), text_inputs(args.rows, args.length)
    graph_side = [*model.model.graph_encoder.parameters(), *model.model.projector.parameters()]
    ways = {
        way: partial(
            train_step,
            module.train(),
            make_optimizer(module.parameters()),
            {**inputs, "labels": inputs["input_ids"], "use_cache": False},
        )
        for way, module, inputs in (("graphs", model, with_graphs), ("text", text, words))
    }
    flops = {way: count_flops(function) for way, function in ways.items()}
    lines = [Line("training step, FLOPs", flops["graphs"] / flops["text"], note="every weight trains; with AdamW")]
    if not args.quick:
        ways["graph side"] = partial(graph_step, model, make_optimizer(graph_side), graphs_of(with_graphs))
        seconds = take_turns(ways, rounds=args.rounds, warm_up=0)
        lines += [
            Line("training step, time", ratio(seconds, "graphs", "text"), 1.04),
            Line("training step, time of graph side alone by text", ratio(seconds, "graph side", "text"), note=ALONE),
        ]
    return lines


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    model, text = build(2 if args.quick else 12)
    setting = {"language model": size(text), "rows": args.rows, "tokens of a row": args.length}
    lines = measure_forward(model, text, args) + measure_generate(model, text, args)
    lines += measure_training(model, text, args)
    report("graph_tax", lines, molecules=read_molecules()[1], setting=setting)


if __name__ == "__main__":
    main()
