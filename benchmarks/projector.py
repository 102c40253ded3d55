"""The multi-level projector against a padded loop over levels (`benchmarks/reference_projector.py`).

    python benchmarks/projector.py
    python benchmarks/projector.py --quick      # 32 molecules, without memory

The paper's projector (6 levels, width 300, 28 tokens) with random weights, on CPU, up to its MLP, which both sides
would share: its time is a line of its own. Tokens and gradients are checked to be equal first, which warms up too.
Memory is what PyTorch's allocator gives out at the peak of a forward and backward pass. The 256 molecules are those of
the file's blocks of 256 whose largest molecule is smallest, which is best for the padded loop.
"""

import argparse
from collections.abc import Callable
from functools import partial

import torch

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import chains, pack, read_molecules, real_graphs
from benchmarks.reference_projector import ReferenceProjector
from configuration import LlamoConfig
from llamo.analysis.cost.memory import peak_bytes
from llamo.analysis.cost.operations import count_operations
from llamo.analysis.cost.timing import take_turns
from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector import MultiLevelProjector
from modeling_llamo.projector.attention import QueryAttention
from modeling_llamo.projector.initialisation import init_projector_module

Levels = tuple[torch.Tensor, ...]
Reader = Callable[[Levels, GraphBatch], torch.Tensor]
TEXT_WIDTH = 768


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help="at 32 molecules; fewer where padding takes seconds")
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def make_projector(text_width: int = TEXT_WIDTH) -> MultiLevelProjector:
    """Random weights; the queries are large, so that attention is not uniform."""
    torch.manual_seed(0)
    text = {"model_type": "llama", "hidden_size": text_width, "vocab_size": 8}
    projector = MultiLevelProjector(LlamoConfig(text_config=text, graph_token_id=7), text_width)
    for module in projector.modules():
        init_projector_module(module)
    with torch.no_grad():
        projector.level_queries.normal_()
        projector.motif_queries.normal_()
        for attention in projector.modules():
            if isinstance(attention, QueryAttention):
                for name in ("query", "value", "output"):
                    getattr(attention, f"{name}_bias").normal_(std=0.1)
    return projector


def make_levels(graphs: GraphBatch, seed: int = 0) -> Levels:
    """Random node states, as of an encoder that trains."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(len(graphs.node_ids), 300, generator=generator).requires_grad_() for _ in range(6))


def forward(read: Reader, levels: Levels, graphs: GraphBatch) -> torch.Tensor:
    with torch.no_grad():
        return read(levels, graphs)


def step(read: Reader, module: torch.nn.Module, levels: Levels, graphs: GraphBatch):
    """Forward and backward."""
    module.zero_grad()
    for level in levels:
        level.grad = None
    read(levels, graphs).square().mean().backward()


def check(projector: MultiLevelProjector, reference: ReferenceProjector, levels: Levels, graphs: GraphBatch):
    """Equal tokens and equal gradients of the node states, in units of their size."""
    torch.testing.assert_close(projector.read(levels, graphs), reference(levels, graphs), atol=1e-5, rtol=1e-5)
    gradients = []
    for read, module in ((projector.read, projector), (reference, reference)):
        step(read, module, levels, graphs)
        gradients.append(torch.stack([level.grad for level in levels if level.grad is not None]))
    torch.testing.assert_close(*gradients, atol=1e-4 * float(gradients[1].abs().max()), rtol=1e-4)


def measure(
    name: str, graphs: GraphBatch, rounds: int, targets: tuple[float, float, float], *, quick: bool = False
) -> list[Line]:
    """Speed and, unless it has to be quick, memory at one batch."""
    projector, levels = make_projector(), make_levels(graphs)
    reference = ReferenceProjector(projector)
    check(projector, reference, levels, graphs)
    for_both = {"ours": (projector.read, projector), "padded": (reference, reference)}
    reads = {way: partial(forward, read, levels, graphs) for way, (read, _) in for_both.items()}
    steps = {way: partial(step, read, module, levels, graphs) for way, (read, module) in for_both.items()}
    fast, fast_step, small = targets
    lines = [
        Line(
            f"projector, {what}, {name}",
            ratio(take_turns(functions, rounds=rounds, warm_up=0), "padded", "ours"),
            target,
            at_least=True,
            note="times as fast as padded",
        )
        for what, functions, target in (("forward", reads, fast), ("forward + backward", steps, fast_step))
    ]
    if not quick:
        memory = {way: peak_bytes(function) for way, function in steps.items()}
        lines.append(
            Line(f"projector, peak memory, {name}", memory["ours"] / memory["padded"], small, note="by padded")
        )
    return lines


def measure_skew(rounds: int) -> Line:
    """What one large molecule costs beyond as many atoms in even molecules."""
    projector, ways = make_projector(), {}
    for name, sizes in (("skewed", [25] * 31 + [500]), ("even", [40] * 27 + [39] * 5)):
        graphs = pack(chains(sizes))
        ways[name] = partial(step, projector.read, projector, make_levels(graphs), graphs)
    seconds = take_turns(ways, rounds=rounds)
    return Line("projector, skewed batch by an even one of as many atoms", ratio(seconds, "skewed", "even"), 1.5)


def measure_operations() -> Line:
    """Operations of one forward at 256 molecules by those at 4."""
    projector, counts = make_projector(), {}
    for number in (4, 256):
        graphs = pack(real_graphs(number))
        counts[number] = count_operations(partial(forward, projector, make_levels(graphs), graphs))
    note = f"{counts[256]} PyTorch operations, MLP included, views not"
    return Line("projector, operations at 256 molecules by those at 4", counts[256] / counts[4], 1.0, note=note)


def measure_mlp(rounds: int) -> Line:
    """The MLP, for comparison."""
    projector, graphs = make_projector(), pack(real_graphs(32, first=7))
    levels = make_levels(graphs)
    ways = {
        "whole": partial(forward, projector, levels, graphs),
        "read": partial(forward, projector.read, levels, graphs),
    }
    seconds = take_turns(ways, rounds=rounds)
    what = f"projector with its MLP (6 layers, width {TEXT_WIDTH}) by without"
    return Line(what, ratio(seconds, "whole", "read"), note="32 molecules, forward")


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    rounds = 1 if args.quick else args.rounds
    lines = measure("32 molecules", pack(real_graphs(32, first=7)), rounds, (4.0, 5.0, 0.65), quick=args.quick)
    if not args.quick:
        lines += measure("256 molecules", pack(real_graphs(256, first=768)), rounds // 3, (4.0, 5.0, 0.65))
        skewed = pack(chains([25] * 15 + [500] + [25] * 16))
        lines += measure("500 atoms among 31 x 25", skewed, rounds // 2, (25.0, 25.0, 0.15))
    lines += [measure_skew(4 * rounds), measure_operations(), measure_mlp(2 * rounds)]
    report("projector", lines, molecules=read_molecules()[1])


if __name__ == "__main__":
    main()
