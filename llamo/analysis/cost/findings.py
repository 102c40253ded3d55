"""The findings about cost: words around the numbers. The paper says nothing of its projector's cost. Knows no model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llamo.analysis.cost import figures
from llamo.analysis.cost.figures import Grid, typical
from llamo.analysis.cost.grid import Plan
from llamo.analysis.cost.language_model import LanguageModel
from llamo.analysis.cost.projectors import ENCODER, KINDS, Sizes
from llamo.analysis.cost.shares import STEPS, Share, share
from llamo.analysis.finding import Figure, Finding, Table
from llamo.analysis.texts import paragraph

TEXT = 200  # tokens of a prompt and its answer, without graph tokens
TEXTS = (64, 128, 256, 512, 1024)
_HERE = Path(__file__).parent


def measured(plan: Plan, sizes: Sizes, grid: Grid) -> Finding:
    """Time and memory on a CPU."""
    alone = [row for row in grid if row["batch"] == plan.batches[0]]
    typical_row = next(row for row in alone if row["atoms"] == typical(alone))
    first, last = alone[0]["of"], alone[-1]["of"]
    cheaper = [row["atoms"] for row in alone if row["of"]["multi_level"]["step"] < row["of"]["mlp"]["step"]]
    text = paragraph(
        _HERE / "measured.txt.jinja",
        plan=plan,
        sizes=sizes,
        atoms=[row["atoms"] for row in alone],
        batches=plan.batches,
        size=typical_row["atoms"],
        step=_milliseconds(typical_row),
        growth={kind: last[kind]["step"] / first[kind]["step"] for kind in last},
        tokens=sizes.tokens("multi_level", 1),
        crossing=min(cheaper, default=None),
        last=_milliseconds(alone[-1]),
        mib={kind: of["bytes"] / 2**20 for kind, of in last.items()},
    )
    curves = "Forward and backward on a CPU; both axes are logarithmic. The encoder is there for comparison."
    return Finding(
        "projector-cost",
        "What does each projector cost?",
        "The paper compares what projectors achieve (table 4), not what they cost.",
        "no claim",
        text,
        command(plan),
        (Figure(figures.measured(grid), curves),),
        (_table(grid, "step", 1000, "CPU milliseconds of forward and backward", ".1f"),
         _table(grid, "bytes", 2**-20, "MiB at the peak of forward and backward", ".0f"),
         _table(grid, "flops", 1e-9, "GFLOP of forward", ".2f")),
        (
            "A CPU that others used as well: times vary by tens of percent, operations and memory do not. Nothing "
            "was measured on a GPU, where small products wait for their launch.",
            "Peptides stand for large molecules: real ones of a thousand atoms are rare in the paper's data.",
            "The multi-level projector is this repository's, which folds keys into queries; the released code does "
            "more work for the same numbers. The resampler and the Q-Former pad a batch to its largest molecule; "
            "here all are alike.",
        ),
        {"grid": list(grid)},
    )  # fmt: skip


def calculated(plan: Plan, sizes: Sizes, grid: Grid) -> Finding:
    """Shares at 7B."""
    alone = [row for row in grid if row["batch"] == plan.batches[0]]
    row, large = next(one for one in alone if one["atoms"] == typical(alone)), _large(sizes)

    def at(step: str, kind: str, text: int = TEXT, of: Mapping[str, Any] = row) -> Share:
        return share(step, kind, of["atoms"], text, of["of"], sizes, large)

    costs = {kind: {one["atoms"]: _cost(at("reading a prompt", kind, of=one)) for one in alone} for kind in KINDS}
    shares = {kind: {text: at("alignment", kind, text).of_projector for text in TEXTS} for kind in KINDS}
    numbers = _numbers(costs, row["atoms"], large)
    names = ("alignment", "instruction", "reading")
    of_steps = {name: at(step, "multi_level") for name, step in zip(names, STEPS, strict=True)}
    text = paragraph(_HERE / "calculated.txt.jinja", **numbers, **of_steps, mlp=at("alignment", "mlp"))
    curves = (
        f"Left: for a molecule of {row['atoms']} atoms. Right, of the multi-level projector and the MLP: operations of "
        "the projector with its graph tokens in the language model, and (dashed) of the projector alone."
    )
    rows = [_row(kind, large, row["atoms"], {step: at(step, kind) for step in STEPS}) for kind in KINDS]
    rows.append(_row(ENCODER, large, row["atoms"], {step: at(step, "multi_level") for step in STEPS}))
    header = ("", "million weights", "tokens", "GFLOP forward", *(f"share of {step}" for step in STEPS))
    caption = f"A molecule of {row['atoms']} atoms and {TEXT} tokens of text, text width {large.text_width}."
    return Finding(
        "projector-cost-7b",
        "What share of a 7B model's step is the projector?",
        "The paper trains with Llama-2-7b and gives no share of the projector in its cost.",
        "no claim",
        text,
        command(plan),
        (Figure(figures.calculated(shares, costs), curves),),
        (Table(header, tuple(rows), caption),),
        (
            "A calculation of operations, not a measurement: what small products and memory cost in time on a GPU is "
            "not in it.",
            "Norms, activations, softmax, LoRA's own products and the optimizer are left out, and attention's "
            "backward counts like its forward.",
        ),
        {**numbers, "shares": shares, "costs": costs},
    )


def _numbers(costs: Mapping[str, Mapping[int, tuple[float, float]]], size: int, large: Sizes) -> dict[str, Any]:
    """What the text says."""
    own, tokens = costs["multi_level"][size]
    return {
        "size": size,
        "text": TEXT,
        "token": LanguageModel().forward(1) / 1e9,
        "weights": large.weights("multi_level") / 1e6,
        "tokens": large.tokens("multi_level", 1),
        "ratio": tokens / own,
        "sizes": list(costs["mlp"]),
        "mlp_cost": [sum(one) / 1e12 for one in costs["mlp"].values()],
        "own_cost": [sum(one) / 1e12 for one in costs["multi_level"].values()],
    }


def command(plan: Plan) -> str:
    """The command that repeats it, with what is not default."""
    parts = ["llamo analyze cost"]
    parts += [f"--atoms {one}" for one in plan.atoms] if plan.atoms != Plan.atoms else []
    parts += [f"--batch {one}" for one in plan.batches] if plan.batches != Plan.batches else []
    names = ("most_atoms", "rounds")
    parts += [
        f"--{name.replace('_', '-')} {getattr(plan, name)}"
        for name in names
        if getattr(plan, name) != getattr(Plan, name)
    ]
    return " ".join(parts)


def _large(sizes: Sizes) -> Sizes:
    return Sizes(LanguageModel().width, sizes.mlp_depth, sizes.graph_width, sizes.layers)


def _cost(one: Share) -> tuple[float, float]:
    """Operations of the projector, and of its tokens beside the text in the language model."""
    return one.projector, one.language - LanguageModel().forward(TEXT)


def _row(kind: str, sizes: Sizes, atoms: int, shares: Mapping[str, Share]) -> tuple[str, ...]:
    is_encoder, own = kind == ENCODER, shares["reading a prompt"]
    return (
        kind,
        f"{sizes.weights(kind) / 1e6:.1f}",
        "-" if is_encoder else str(sizes.tokens(kind, atoms)),
        f"{(own.encoder if is_encoder else own.projector) / 1e9:.2f}",
        *(f"{one.of_encoder if is_encoder else one.of_projector:.3%}" for one in shares.values()),
    )


def _milliseconds(row: Mapping[str, Any]) -> dict[str, float]:
    return {kind: 1000 * of["step"] for kind, of in row["of"].items()}


def _table(grid: Grid, what: str, factor: float, caption: str, how: str) -> Table:
    rows = tuple(
        (
            f"{row['batch']} x {row['atoms']} atoms",
            *(f"{factor * row['of'][kind][what]:{how}}" for kind in (*KINDS, ENCODER)),
        )
        for row in grid
    )
    return Table(("batch", *KINDS, ENCODER), rows, caption)
