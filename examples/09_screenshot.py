"""Takes a picture of the page that `llamo serve` has, after one question and its explanation. Needs a Chromium.

pip install 'llamo[serve]' playwright
python examples/09_screenshot.py --output docs/pictures/page.png
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--output", type=Path, default=Path("page.png"))
parser.add_argument("--smiles", default="CC(=O)Oc1ccccc1C(=O)O")
parser.add_argument("--question", default="Is there an ester in the molecule?")
parser.add_argument("--port", default="8753")
args = parser.parse_args()

server = subprocess.Popen([sys.executable, "-m", "llamo.cli", "serve", "--port", args.port], stderr=subprocess.PIPE)
try:
    assert server.stderr is not None
    next(line for line in server.stderr if args.port.encode() in line)  # it says its address when it listens
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 840, "height": 900})
        page.goto(f"http://127.0.0.1:{args.port}")
        page.get_by_label("Molecule, as SMILES").fill(args.smiles)
        page.get_by_label("Question", exact=True).fill(args.question)
        page.keyboard.press("Enter")
        answer = page.locator(".exchange").first
        expect(answer).not_to_have_attribute("aria-busy", "true", timeout=60_000)
        page.get_by_role("button", name="Explain").click()
        expect(page.get_by_role("button", name="Hide explanation")).to_be_visible(timeout=120_000)
        page.get_by_label("groups, graph alone").check()
        page.screenshot(path=args.output)
finally:
    server.terminate()
