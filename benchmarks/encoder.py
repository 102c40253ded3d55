"""Time of the graph encoder against the same GIN written plainly (`benchmarks/reference_gin.py`).

    python benchmarks/encoder.py
    python benchmarks/encoder.py --quick      # fewer rounds, at most 32 molecules, nothing compiled

The paper's encoder (5 layers, width 300) with random weights, on CPU. Levels are checked to be equal first.
"""

import argparse
import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import give_statistics, pack, read_molecules, real_graphs
from benchmarks.reference_gin import plain_gin
from configuration import LlamoGraphConfig
from llamo.analysis.cost.timing import take_turns
from modeling_llamo import LlamoGraphEncoder
from modeling_llamo.packing import GraphBatch


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="at 256 molecules; more at fewer")
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def make_encoder() -> LlamoGraphEncoder:
    torch.manual_seed(0)
    encoder = LlamoGraphEncoder(LlamoGraphConfig())
    give_statistics(encoder)
    return encoder.eval()


def encode(encoder: LlamoGraphEncoder, graphs: GraphBatch) -> tuple[torch.Tensor, ...]:
    """All levels, called as a module is, so that `encoder.compile()` counts."""
    names = ("node_ids", "edge_index", "edge_ids", "node_counts", "edge_counts")
    return encoder(**{f"graph_{name}": getattr(graphs, name) for name in names}).hidden_states


def products(encoder: LlamoGraphEncoder, nodes: torch.Tensor) -> torch.Tensor:
    """The matrix products alone, which nothing can do without."""
    for layer in encoder.layers:
        nodes = layer.down_proj(layer.up_proj(nodes))
    return nodes


def step(encode_all: Callable[..., Any], encoder: LlamoGraphEncoder, graphs: GraphBatch):
    """Forward and backward."""
    encoder.zero_grad()
    torch.stack(list(encode_all(encoder, graphs))).sum().backward()


@torch.no_grad()
def check(encoder: LlamoGraphEncoder, graphs: GraphBatch, tolerance: float = 1e-5):
    """Equal levels, in units of their size."""
    for found, wanted in zip(encode(encoder, graphs), plain_gin(encoder, graphs), strict=True):
        torch.testing.assert_close(found, wanted, atol=tolerance * float(wanted.abs().max()), rtol=tolerance)


@torch.no_grad()
def measure_eval(number: int, rounds: int, compiled: LlamoGraphEncoder | None) -> list[Line]:
    encoder, graphs = make_encoder(), pack(real_graphs(number, first=7))
    check(encoder, graphs)
    nodes = torch.randn(graphs.node_ids.shape[0], encoder.config.hidden_size)
    ways = {
        "plain": partial(plain_gin, encoder, graphs),
        "ours": partial(encode, encoder, graphs),
        "products": partial(products, encoder, nodes),
    }
    if compiled is not None:
        check(compiled, graphs)
        ways["compiled"] = partial(encode, compiled, graphs)
    seconds = take_turns(ways, rounds=rounds, warm_up=2)
    where = f"{number} molecule{'s' if number > 1 else ''}, {len(nodes)} atoms"
    target = {"ours": 0.92, "compiled": 0.80} if number > 1 else {}
    names = {"ours": "eval", "compiled": "eval, encoder.compile(dynamic=True)", "products": "matrix products alone"}
    return [
        Line(f"encoder, {names[way]}, {where}", ratio(seconds, way, "plain"), target.get(way), note="time by plain")
        for way in ways
        if way != "plain"
    ]


def measure_training(number: int, rounds: int) -> Line:
    encoder, graphs = make_encoder().train(), pack(real_graphs(number, first=7))
    plain = copy.deepcopy(encoder)
    ways = {"plain": partial(step, plain_gin, plain, graphs), "ours": partial(step, encode, encoder, graphs)}
    seconds = take_turns(ways, rounds=rounds)
    what = f"encoder, training, forward + backward, {number} molecules"
    return Line(what, ratio(seconds, "ours", "plain"), 1.03, note="time by plain")


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    compiled = None if args.quick else make_encoder()
    if compiled is not None:
        compiled.compile(dynamic=True)
    rounds, sizes = (2, (32,)) if args.quick else (args.rounds, (32, 256))
    lines = [
        line
        for number in (1, *sizes)
        for line in measure_eval(number, rounds * max(1, 64 // number), compiled if number > 1 else None)
    ]
    lines += [measure_training(number, rounds * max(1, 64 // number)) for number in sizes]
    report("encoder", lines, molecules=read_molecules()[1])


if __name__ == "__main__":
    main()
