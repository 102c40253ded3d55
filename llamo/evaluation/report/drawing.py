"""Molecules as SVG to stand in a page. What cannot be drawn is shown as its text, with the reason."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from processors.molecule import parse

# Larger ones would be a smudge of half a megabyte.
MOST_ATOMS = 120
PIXELS_PER_ANGSTROM = 17
# RDKit's colours, and the variables of the page that take their place.
_VARIABLES = {
    "#000000": "ink",
    "#0000FF": "nitrogen",
    "#4284F4": "nitrogen",
    "#FF0000": "oxygen",
    "#33CCCC": "fluorine",
    "#00CC00": "chlorine",
    "#7F4C19": "bromine",
    "#A01EEF": "iodine",
    "#CCCC00": "sulfur",
    "#FF7F00": "phosphorus",
}


@dataclass(frozen=True)
class Drawing:
    """A molecule in a page.

    Attributes:
        smiles: as given.
        svg: its picture; empty where there is none.
        reason: why there is none.
    """

    smiles: str
    svg: str = ""
    reason: str = ""


def draw(smiles: str) -> list[Drawing]:
    """A molecule, or those of a reaction `a>>b` in order."""
    return [_draw_one(part) for part in smiles.split(">>")]


def heavy_atoms(smiles: str) -> float:
    """Number over all molecules of a text; NaN where one cannot be read."""
    try:
        return float(sum(parse(part).GetNumHeavyAtoms() for part in smiles.split(">>")))
    except ValueError:  # a MoleculeError, or characters that cannot be encoded
        return float("nan")


@lru_cache(maxsize=512)
def _draw_one(smiles: str) -> Drawing:
    from rdkit.Chem.Draw import rdMolDraw2D

    try:
        mol = parse(smiles)
    except ValueError as error:  # a MoleculeError, or characters that cannot be encoded
        return Drawing(smiles, reason=getattr(error, "reason", str(error)))
    if mol.GetNumAtoms() > MOST_ATOMS:
        return Drawing(smiles, reason=f"{mol.GetNumAtoms()} atoms are too many to draw")
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)  # as large as the molecule
    options = drawer.drawOptions()
    options.clearBackground = False
    options.scalingFactor = PIXELS_PER_ANGSTROM
    options.bondLineWidth = 1.4
    try:
        rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol)
    except (RuntimeError, ValueError) as error:
        return Drawing(smiles, reason=f"cannot be drawn: {str(error).splitlines()[0]}")
    drawer.FinishDrawing()
    return Drawing(smiles, svg=page_element(drawer.GetDrawingText(), smiles))


def page_element(text: str, label: str, *, behind: str = "") -> str:
    """RDKit's document as an `<svg>` element with the page's colours; `behind` is SVG that the molecule lies on."""
    body = text[text.index("<!-- END OF HEADER -->") + len("<!-- END OF HEADER -->") :]
    body = re.sub(r" class='[^']*'", "", body)
    body = re.sub(r"fill='(#[0-9A-F]{6})'", r"style='fill:\1'", body)
    body = re.sub(r"fill-rule:evenodd;|stroke-linecap:butt;stroke-linejoin:miter;stroke-opacity:1", "", body)
    for color, variable in _VARIABLES.items():
        body = body.replace(color, f"var(--{variable})")
    size = re.search(r"width='\d+px' height='\d+px' viewBox='[\d ]+'", text)
    assert size, "RDKit says how large its drawing is"
    return f'<svg class="molecule" role="img" aria-label="{escape(label)}" {size[0]}>{behind}{body.strip()}'
