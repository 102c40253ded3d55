"""Makes the pictures of README.md and docs/design.md, in colours for light and dark surroundings.

python examples/08_pictures.py
"""

import argparse
import re
from html import escape
from math import atan2, degrees
from pathlib import Path

from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D

from llamo.assistant import Assistant
from llamo.compact.shipped import shipped
from llamo.evaluation.report.drawing import page_element
from llamo.explain import explain
from llamo.explain.drawing import COLORS

ASPIRIN, QUESTION = "CC(=O)Oc1ccccc1C(=O)O", "Is there an ester in the molecule?"

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--output", type=Path, default=Path("docs/pictures"), help="folder for the pictures")
args = parser.parse_args()


def document(width: int, height: int, inner: str) -> str:
    light, dark = ("".join(f"--{name}:{pair[scheme]};" for name, pair in COLORS.items()) for scheme in (0, 1))
    style = (
        f":root{{{light}}}@media (prefers-color-scheme: dark){{:root{{{dark}}}}}"
        "text{font:14px system-ui,sans-serif;fill:var(--ink)}.file{font:12px ui-monospace,monospace;fill:var(--muted)}"
        ".box,.arrow{fill:none;stroke:var(--ink);stroke-width:1.2}.atoms{stroke:var(--more)}.groups{stroke:var(--less)}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<style>{style}</style>{inner}</svg>\n"
    )


def text(x: float, y: float, words: str, *, kind: str = "", anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, words: str = "", *, kind: str = "") -> str:
    shape = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" class="box {kind}"/>'
    return shape + text(x + width / 2, y + height / 2 + 5, words)


def arrow(x: float, y: float, to_x: float, to_y: float, *, kind: str = "") -> str:
    turn = degrees(atan2(to_y - y, to_x - x))
    return (
        f'<path class="arrow {kind}" d="M{x:g} {y:g}L{to_x:g} {to_y:g}"/><path class="arrow {kind}" '
        f'transform="translate({to_x:g} {to_y:g}) rotate({turn:.1f})" d="M-6 -4L0 0L-6 4"/>'
    )


def architecture() -> str:
    """SMILES to answer, with the file behind each step; aspirin's own groups and numbers of tokens."""
    drawer = rdMolDraw2D.MolDraw2DSVG(170, 130)
    drawer.drawOptions().clearBackground = False
    drawer.drawOptions().useBWAtomPalette()
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, Chem.MolFromSmiles(ASPIRIN))
    drawer.FinishDrawing()
    molecule = page_element(drawer.GetDrawingText(), "aspirin").replace("<svg", '<svg x="10" y="60"', 1)
    parts = [molecule, text(95, 215, ASPIRIN), text(95, 35, "molecule"), text(95, 350, "processors/", kind="file")]
    parts += [text(302, 35, "graph encoder, levels 0 to 5"), text(302, 350, "modeling_llamo/gin.py", kind="file")]
    parts += [text(530, 35, "multi-level projector"), text(530, 350, "modeling_llamo/projector/", kind="file")]
    parts += [text(790, 35, "language model"), text(790, 350, "modeling_llamo/text.py", kind="file")]
    for level in range(6):
        y = 230 - 35 * level
        parts.append(
            box(230, y, 145, 26, "atoms" if level == 0 else f"after {level} bond{'s' * (level > 1)}", kind="atoms")
        )
        parts += [arrow(377, y + 13, 446, y + 13, kind="atoms"), box(448, y, 165, 26, "4 queries read", kind="atoms")]
        parts.append(arrow(615, y + 13, 672, 150 + (y - 55) * 0.32, kind="atoms"))
    parts += [box(230, 285, 145, 26, "functional groups", kind="groups"), arrow(377, 298, 446, 298, kind="groups")]
    parts += [box(448, 285, 165, 26, "4 queries read", kind="groups"), arrow(615, 298, 672, 217, kind="groups")]
    parts += [arrow(183, 125, 226, 160), arrow(183, 190, 226, 290), box(676, 130, 26, 100)]
    parts += ['<g transform="translate(694 180) rotate(-90)">', text(0, 0, "28 tokens"), "</g>"]
    parts += [
        arrow(704, 180, 728, 180),
        box(730, 110, 120, 140),
        text(790, 165, "SMILES,"),
        text(790, 185, "graph tokens,"),
    ]
    parts += [text(790, 205, "question"), arrow(790, 108, 790, 75), text(790, 65, "answer")]
    return document(870, 365, "".join(parts))


def answer() -> str:
    """What the shipped model says about aspirin, where it looks, and what its answer hangs on."""
    explanation = explain(Assistant.load(shipped()), ASPIRIN, QUESTION)
    parts = [text(370, 24, f"{QUESTION}  “{explanation.answer}”")]
    for place, name in enumerate(("attention", "groups, graph alone")):
        picture = explanation.svg(name, word=0)
        width = int(re.findall(r'width="(\d+)"', picture)[0])
        picture = re.sub(r"<style>.*?</style>", "", picture).replace("scale", f"scale{place}")
        parts.append(picture.replace("<svg", f'<svg x="{185 + 370 * place - width / 2:g}" y="40"', 1))
    return document(740, 300, "".join(parts))


args.output.mkdir(parents=True, exist_ok=True)
for name, picture in {"architecture": architecture(), "answer": answer()}.items():
    (args.output / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")
