"""Makes the pictures of the README and of docs/design.md, and with --page a screenshot of the page that `llamo serve` has.

    python examples/08_pictures.py
    python examples/08_pictures.py --page      # needs `pip install llamo[serve] playwright` and a Chromium

All are readable on white and on black: pictures take their colours from what surrounds them.
"""

import argparse
import re
import shutil
import subprocess
import sys
import time
from html import escape
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
parser.add_argument("--page", action="store_true", help="take the screenshot too")
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
    return (
        f'<path class="arrow {kind}" d="M{x:g} {y:g}L{to_x:g} {to_y:g}"/><path class="arrow {kind}" '
        f'transform="translate({to_x:g} {to_y:g})" d="M-6 -4L0 0L-6 4"/>'
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
        parts.append(box(230, y, 145, 26, "atoms" if level == 0 else f"after {level} bond{'s' * (level > 1)}", kind="atoms"))
        parts += [arrow(377, y + 13, 446, y + 13, kind="atoms"), box(448, y, 165, 26, "4 queries read", kind="atoms")]
        parts.append(arrow(615, y + 13, 672, 160 + (y - 142) * 0.3, kind="atoms"))
    parts += [box(230, 285, 145, 26, "functional groups", kind="groups"), arrow(377, 298, 446, 298, kind="groups")]
    parts += [box(448, 285, 165, 26, "4 queries read", kind="groups"), arrow(615, 298, 672, 217, kind="groups")]
    parts += [arrow(183, 125, 226, 160), text(205, 302, ""), arrow(183, 190, 226, 290), box(676, 130, 26, 100)]
    parts += ['<g transform="translate(694 180) rotate(-90)">', text(0, 0, "28 tokens"), "</g>"]
    parts += [arrow(704, 180, 728, 180), box(730, 110, 120, 140), text(790, 165, "SMILES,"), text(790, 185, "graph tokens,")]
    parts += [text(790, 205, "question"), arrow(790, 108, 790, 75), text(790, 65, "answer")]
    return document(870, 365, "".join(parts).replace('d="M-6 -4L0 0L-6 4"/>answer', ""))


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


def screenshot(path: Path):
    """The page of `llamo serve` after one question."""
    from playwright.sync_api import sync_playwright

    server = subprocess.Popen([sys.executable, "-m", "llamo.cli", "serve", "--port", "8753"])
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or playwright.chromium.executable_path
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 900, "height": 620})
            page.goto("http://127.0.0.1:8753")
            page.screenshot(path=path)
    finally:
        server.terminate()


args.output.mkdir(parents=True, exist_ok=True)
for name, picture in {"architecture": architecture(), "answer": answer()}.items():
    (args.output / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")
if args.page:
    screenshot(args.output / "page.png")
