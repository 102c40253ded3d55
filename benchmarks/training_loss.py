"""Memory and time of the loss: all logits, logits of labelled positions only (`loss_only`), and in chunks of these.

    python benchmarks/training_loss.py
    python benchmarks/training_loss.py --vocab-size 128000 --labelled 0.3
    python benchmarks/training_loss.py --quick     # 2 rows instead of 8, a vocabulary of 8000

Forward and backward of head and loss alone, on random states of a decoder that need gradients: what comes before is
the same for all. Loss and gradients are checked to be equal first. Memory is what PyTorch's allocator gives out at the
peak, with a head that trains and with a frozen one, as under LoRA: chunks leave hardly any logits, so that the head's
gradient is about half of what remains. Liger's fused loss, which needs a GPU, is not measured.
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from transformers import LlamaConfig
from transformers.loss.loss_utils import ForCausalLMLoss

from benchmarks.measuring import Line, ratio, report
from llamo.analysis.cost.memory import peak_bytes
from llamo.analysis.cost.timing import take_turns
from modeling_llamo.loss import labelled_loss
from modeling_llamo.text import rule_out

GRAPH_TOKEN = 3
BY_ALL = "by all logits"
Loss = Callable[[], torch.Tensor]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden-size", type=int, default=512)
    parser.add_argument("--vocab-size", type=int, default=32000)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=256, help="tokens of a row")
    parser.add_argument("--labelled", type=float, default=0.5, help="share of positions with a label")
    parser.add_argument("--chunk-size", type=int, default=256, help="positions whose logits exist at a time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if args.quick:
        args.rows, args.vocab_size, args.chunk_size, args.rounds = 2, 8000, 64, 1
    return args


def all_logits(states: torch.Tensor, labels: torch.Tensor, head: nn.Linear) -> torch.Tensor:
    """What the model does without `loss_only`."""
    logits = rule_out(head(states), GRAPH_TOKEN)
    return ForCausalLMLoss(logits, labels, vocab_size=head.out_features)


def make_losses(args: argparse.Namespace) -> tuple[dict[str, Loss], list[torch.Tensor]]:
    """The ways to the loss, and what gets gradients; the labels are the last words of each row, as an answer is."""
    torch.manual_seed(0)
    head = nn.Linear(args.hidden_size, args.vocab_size, bias=False)
    states = torch.randn(args.rows, args.length, args.hidden_size, requires_grad=True)
    labels = torch.randint(4, args.vocab_size, (args.rows, args.length))
    labels[:, : round(args.length * (1 - args.labelled))] = -100
    text_config = LlamaConfig(vocab_size=args.vocab_size)
    lean = partial(labelled_loss, states, labels, head, text_config, graph_token_id=GRAPH_TOKEN)
    losses = {
        "all": partial(all_logits, states, labels, head),
        "labelled": partial(lean, chunk_size=labels.numel()),
        "chunks": partial(lean, chunk_size=args.chunk_size),
    }
    return losses, [states, head.weight]


def step(loss: Loss, leaves: list[torch.Tensor]) -> torch.Tensor:
    """Loss, forward and backward; gradients are written over those that are there."""
    for leaf in leaves:
        if leaf.grad is not None:
            leaf.grad.zero_()
    result = loss()
    result.backward()
    return result.detach()


def check(losses: dict[str, Loss], leaves: list[torch.Tensor]):
    """Equal losses and gradients."""
    results: dict[str, list[Any]] = {}
    for way, loss in losses.items():
        results[way] = [step(loss, leaves), *(leaf.grad.clone() for leaf in leaves if leaf.grad is not None)]
    for way in ("labelled", "chunks"):
        for found, wanted in zip(results[way], results["all"], strict=True):
            torch.testing.assert_close(found, wanted, atol=1e-5 * float(wanted.abs().max()), rtol=1e-4)


def measure_memory(steps: dict[str, Callable[[], Any]], head: torch.Tensor, *, trains: bool) -> dict[str, int]:
    """Peak of each way, beyond states, weights and their gradients of before."""
    head.requires_grad_(trains)
    peaks = {way: peak_bytes(function) for way, function in steps.items()}
    head.requires_grad_(True)
    return peaks


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    losses, leaves = make_losses(args)
    check(losses, leaves)
    steps = {way: partial(step, loss, leaves) for way, loss in losses.items()}
    training, frozen = (measure_memory(steps, leaves[1], trains=trains) for trains in (True, False))
    seconds = take_turns(steps, rounds=args.rounds, warm_up=0)  # all else has warmed up
    gradient = leaves[1].numel() * leaves[1].element_size() / training["all"]
    # The quick shape has few positions for its width: the gradients of the head outweigh all logits.
    bounds = {"labelled": 0.55, "chunks": None if args.quick else 0.2}
    notes = {"labelled": "", "chunks": f"; the head's gradient {gradient:.2f}"}
    lines = []
    for way, name in (("labelled", "loss_only"), ("chunks", f"loss_only, chunks of {args.chunk_size}")):
        memory = [peaks[way] / peaks["all"] for peaks in (training, frozen)]
        lines += [
            Line(f"loss: memory, {name}", memory[0], bounds[way], note=f"{BY_ALL}{notes[way]}"),
            Line(f"loss: memory, {name}, frozen head", memory[1], 0.55 if way == "labelled" else 0.2, note=BY_ALL),
            Line(f"loss: time, {name}", ratio(seconds, way, "all"), note=BY_ALL),
        ]
    setting = {name: getattr(args, name) for name in ("hidden_size", "vocab_size", "rows", "length", "labelled")}
    report("training_loss", lines, setting=setting, peak_of_all_logits=training["all"])


if __name__ == "__main__":
    main()
