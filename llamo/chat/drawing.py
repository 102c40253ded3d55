"""Molecules as a picture: in a file, or in the terminal by half blocks, two points of the picture one above the other."""

import io
from collections.abc import Sequence
from pathlib import Path

from processors.molecule import parse

_MOST_COLUMNS = 4


def draw_file(smiles: Sequence[str], path: Path, *, size: int = 400):
    """Draws molecules side by side into an .svg or .png; each is `size` points wide and three quarters of that high.

    Raises:
        ValueError: another ending, or a molecule cannot be read.
    """
    ending = path.suffix.lower()
    if ending == ".svg":
        path.write_text(_draw(smiles, (size, size * 3 // 4), svg=True), encoding="utf-8")
    elif ending == ".png":
        path.write_bytes(_draw(smiles, (size, size * 3 // 4), svg=False))
    else:
        raise ValueError(f"{path}: pictures are .svg or .png; rename it")


def draw_text(smiles: Sequence[str], *, width: int = 80) -> str:
    """Molecules below each other as text with colours of the terminal (24 bits), `width` letters wide at most."""
    return "\n".join(_half_blocks(one, min(width, 100)) for one in smiles)


def _half_blocks(smiles: str, width: int) -> str:
    from PIL import Image

    scale = 8  # lines of a drawing this small would be broken: it is drawn larger, and made smaller by averages
    png = _draw([smiles], (width * scale, width * scale // 2), svg=False)
    picture = Image.open(io.BytesIO(png)).convert("L")
    box = picture.point(lambda value: 255 - value).getbbox() or (0, 0, *picture.size)
    left, right = 0, picture.width
    picture = picture.crop((left, max(0, box[1] - scale), right, min(picture.height, box[3] + scale)))
    rows = max(2, picture.height // scale // 2 * 2)
    small = picture.resize((width, rows), Image.Resampling.BOX)
    lines = []
    for row in range(0, rows, 2):
        pairs = [(small.getpixel((column, row)), small.getpixel((column, row + 1))) for column in range(width)]
        lines.append("".join(_cell(*pair) for pair in pairs) + "\x1b[0m")
    return "\n".join(lines)
