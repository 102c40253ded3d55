"""Molecules with a circle behind each atom: colour says the sign, size and strength say how much. Knows RDKit only.

Two colours that colour-blind readers can tell apart; negative circles are dashed besides. All letters have one ink.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D
from rdkit.Geometry import Point2D

from llamo.evaluation.report.drawing import page_element

PIXELS_PER_ANGSTROM = 30
# Of the largest circle, in pixels: circles of neighbours just touch.
RADIUS = 21
# Names of page variables, with their colours on white and on black.
COLORS = {
    "ink": ("#1c2126", "#e4e7ea"),
    "muted": ("#5a646e", "#9aa4ae"),
    "attention": ("#8b4a96", "#cf98d9"),
    "more": ("#0b66a8", "#62aee6"),
    "less": ("#c2570c", "#f0965a"),
}
_LEGEND_HEIGHT, _BAR = 58, 150


@dataclass(frozen=True)
class Quantity:
    """What the colours mean.

    Attributes:
        title: in a few words.
        unit: of the numbers.
        is_signed: whether there are negative ones; then zero is in the middle of the scale.
    """

    title: str
    unit: str
    is_signed: bool


def largest(values: np.ndarray) -> float:
    """The number that full colour stands for; 1 where all are 0."""
    return float(np.abs(values).max(initial=0)) or 1.0


def shade(share: float) -> tuple[float, float]:
    """Radius in pixels and opacity of a circle for -1 to 1 of the largest number."""
    return RADIUS * (0.4 + 0.6 * abs(share) ** 0.5), 0.75 * abs(share)


def blank_element(mol: Chem.Mol, label: str) -> str:
    """An `<svg>` element in a page's colours, its circles of class `atom` with `data-atom`, all of them invisible."""
    return _element(mol, label, [0.0] * mol.GetNumAtoms(), is_signed=False)


def svg(mol: Chem.Mol, values: np.ndarray, quantity: Quantity) -> str:
    """An SVG document with a legend, for light and dark surroundings.

    Args:
        mol: the molecule.
        values: (N,) a number per atom.
        quantity: what they are.
    """
    shares = (values / largest(values)).tolist()
    inner = _element(mol, f"{Chem.MolToSmiles(mol)}, {quantity.title}", shares, is_signed=quantity.is_signed)
    width, height = _size(inner)
    whole = max(width, 30 + 7 * len(quantity.title), _BAR + 40)
    inner = inner.replace("<svg", f'<svg x="{(whole - width) / 2:g}"', 1)
    light, dark = (
        ":root{" + "".join(f"--{name}:{colors[scheme]};" for name, colors in COLORS.items()) + "}" for scheme in (0, 1)
    )
    style = f"{light}@media (prefers-color-scheme: dark){{{dark}}}text{{font:13px system-ui,sans-serif}}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{height + _LEGEND_HEIGHT}" '
        f'viewBox="0 0 {whole} {height + _LEGEND_HEIGHT}"><style>{style}</style>{inner}'
        f'<g transform="translate({whole / 2:g} {height})">{_legend(values, quantity)}</g></svg>\n'
    )


def _legend(values: np.ndarray, quantity: Quantity) -> str:
    right = _color(1, quantity.is_signed)
    left = '<stop offset="0" stop-color="var(--less)" stop-opacity=".75"/>' if quantity.is_signed else ""
    ends = "".join(
        f'<text x="{x:g}" y="47" text-anchor="middle" style="fill:var(--muted)">{text}</text>'
        for x, text in _ends(_BAR, values, quantity)
    )
    return (
        f'<defs><linearGradient id="scale">{left}<stop offset="{0.5 if left else 0}" stop-color="var(--{right})" '
        f'stop-opacity="0"/><stop offset="1" stop-color="var(--{right})" stop-opacity=".75"/></linearGradient></defs>'
        f'<text y="14" text-anchor="middle" style="fill:var(--ink)">{escape(quantity.title)}</text>'
        f'<rect x="{-_BAR / 2}" y="22" width="{_BAR}" height="10" fill="url(#scale)" '
        f'style="stroke:var(--muted);stroke-width:.5"/>{ends}'
    )


def _ends(width: float, values: np.ndarray, quantity: Quantity) -> list[tuple[float, str]]:
    """Where the numbers of the scale stand, from its middle, and what they say."""
    top, half = largest(values), width / 2
    full = f"{top:.2g} {quantity.unit}"
    return [(-half, f"-{top:.2g}"), (0, "0"), (half, full)] if quantity.is_signed else [(-half, "0"), (half, full)]


def _element(mol: Chem.Mol, label: str, shares: Sequence[float], *, is_signed: bool) -> str:
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)  # as large as the molecule
    drawer.drawOptions().clearBackground = False
    _draw(drawer, mol)
    drawer.FinishDrawing()
    circles = "".join(_circle(drawer, mol, atom, share, is_signed) for atom, share in enumerate(shares))
    return page_element(drawer.GetDrawingText(), label, behind=circles)


def _draw(drawer: Any, mol: Chem.Mol, *, scale: float = 1, **highlights: Any):
    options = drawer.drawOptions()
    options.useBWAtomPalette()
    options.atomHighlightsAreCircles = True
    options.scalingFactor, options.padding, options.bondLineWidth = scale * PIXELS_PER_ANGSTROM, 0.1, scale * 1.6
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol, **highlights)


def _circle(drawer: Any, mol: Chem.Mol, atom: int, share: float, is_signed: bool) -> str:
    at = drawer.GetDrawCoords(atom)
    radius, opacity = shade(share)
    color = _color(share, is_signed)
    dashes = ' stroke-dasharray="3 3"' if share < 0 else ""
    return (
        f'<circle class="atom" data-atom="{atom}" cx="{at.x:.1f}" cy="{at.y:.1f}" r="{radius:.1f}" '
        f'style="fill:var(--{color});stroke:var(--{color})" fill-opacity="{opacity:.3f}" '
        f'stroke-opacity="{min(1, opacity * 1.3):.3f}"{dashes}>'
        f"<title>{mol.GetAtomWithIdx(atom).GetSymbol()}{atom}</title></circle>"
    )


def _size(element: str) -> tuple[int, int]:
    width, height = (element.split(f"{name}='")[1].split("px")[0] for name in ("width", "height"))
    return int(width), int(height)


def png(mol: Chem.Mol, values: np.ndarray, quantity: Quantity) -> bytes:
    """The same picture as `svg`, on white, as PNG at twice the size."""
    circles = [shade(share) for share in (values / largest(values)).tolist()]
    width, height = (2 * side for side in _size(blank_element(mol, "")))
    whole = max(width, 60 + 15 * len(quantity.title))
    drawer = rdMolDraw2D.MolDraw2DCairo(whole, height + 2 * _LEGEND_HEIGHT, whole, height)
    _draw(
        drawer,
        mol,
        scale=2,
        highlightAtoms=list(range(len(circles))),
        highlightBonds=[],
        highlightAtomColors={
            atom: _on_white(_color(value, quantity.is_signed), opacity)
            for atom, (value, (_, opacity)) in enumerate(zip(values.tolist(), circles, strict=True))
        },
        highlightAtomRadii={atom: radius / PIXELS_PER_ANGSTROM for atom, (radius, _) in enumerate(circles)},
    )
    _draw_legend(drawer, whole / 2, height, values, quantity)
    drawer.FinishDrawing()
    return drawer.GetDrawingText()


def _draw_legend(drawer: Any, middle: float, top: float, values: np.ndarray, quantity: Quantity):
    """The bar of `_legend` in 50 steps."""
    steps, step = 50, 2 * _BAR / 50
    drawer.SetFillPolys(True)
    for number in range(steps):
        share = (number + 0.5) / steps
        share = 2 * share - 1 if quantity.is_signed else share
        drawer.SetColour(_on_white(_color(share, quantity.is_signed), shade(share)[1]))
        left = middle - _BAR + number * step
        drawer.DrawRect(Point2D(left, top + 44), Point2D(left + step, top + 64), True)
    drawer.SetColour(_on_white("ink", 1))
    drawer.SetFontSize(26)
    for x, y, text in ((0, 24, quantity.title), *((x, 90, text) for x, text in _ends(2 * _BAR, values, quantity))):
        drawer.DrawString(text, Point2D(middle + x, top + y), 0, True)


def _color(value: float, is_signed: bool) -> str:
    return ("less" if value < 0 else "more") if is_signed else "attention"


def _on_white(name: str, opacity: float) -> tuple[float, ...]:
    color = COLORS[name][0]
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return tuple(1 - opacity * (1 - part) for part in parts)
