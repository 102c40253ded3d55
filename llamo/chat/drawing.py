"""Molecules as a picture: in a file, or in the terminal, whose Braille letters have two dots by four each."""

import io
from collections.abc import Sequence
from pathlib import Path

from processors.molecule import parse

# Points of a picture, per molecule, in a file.
_SIZE = (400, 300)
# Darker points than this are ink in the terminal.
_INK = 170
# Bits of the dots of a Braille letter, row by row.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def draw_file(smiles: Sequence[str], path: Path):
    """Draws molecules side by side into an .svg or .png.

    Raises:
        ValueError: another ending, or a molecule cannot be read.
    """
    ending = path.suffix.lower()
    if ending not in (".svg", ".png"):
        raise ValueError(f"{path}: pictures are .svg or .png; rename it")
    path.write_bytes(_draw(smiles, _SIZE, svg=ending == ".svg"))


def draw_text(smiles: str, *, width: int = 72) -> str:
    """A molecule as lines of Braille letters, `width` of them at most in a line."""
    from PIL import Image

    rows = width // 3
    picture = Image.open(io.BytesIO(_draw([smiles], (2 * width, 4 * rows), is_tiny=True))).convert("L")
    lines = ["".join(_letter(picture, column, row) for column in range(width)).rstrip("\u2800") for row in range(rows)]
    return "\n".join(lines).strip("\n")


def _letter(picture, column: int, row: int) -> str:
    dots = 0
    for down, pair in enumerate(_DOTS):
        for right, bit in enumerate(pair):
            if picture.getpixel((2 * column + right, 4 * row + down)) < _INK:
                dots |= bit
    return chr(0x2800 + dots)


def _draw(smiles: Sequence[str], size: tuple[int, int], *, svg: bool = False, is_tiny: bool = False) -> bytes:
    from rdkit.Chem.Draw import rdMolDraw2D

    width, height = size
    make = rdMolDraw2D.MolDraw2DSVG if svg else rdMolDraw2D.MolDraw2DCairo
    canvas = make(width * len(smiles), height, width, height)
    if is_tiny:
        options = canvas.drawOptions()
        options.useBWAtomPalette()
        options.bondLineWidth, options.minFontSize = 1, 8
    canvas.DrawMolecules([parse(one) for one in smiles])
    canvas.FinishDrawing()
    drawn = canvas.GetDrawingText()
    return drawn.encode() if isinstance(drawn, str) else drawn
