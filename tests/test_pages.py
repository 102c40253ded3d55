"""The pages in docs/: links lead somewhere, commands exist with their options, Python runs, the index is whole."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from llamo.cli import app
from llamo.compact import shipped
from llamo.training.recipe import read_recipe
from llamo.training.run import check_recipe
from tests.paths import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
needs_weights = pytest.mark.skipif(
    not (shipped.FOLDER / "config.json").is_file(), reason="no trained weights here (llamo/compact/weights)"
)


def blocks(page: Path, language: str) -> list[str]:
    return [code for name, code in FENCED.findall(page.read_text(encoding="utf-8")) if name == language]


def anchors(page: Path) -> set[str]:
    """Names of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def commands(page: Path) -> list[list[str]]:
    """Every `llamo ..` line of a page's plain blocks, as words, without what is behind a # or a pipe."""
    joined = "\n".join(blocks(page, "")).replace("\\\n", " ")
    lines = [re.sub(r"\[.*?\]|\.\. *$", "", line) for line in joined.splitlines() if re.match(r"llamo [a-z]", line)]
    return [shlex.split(re.split(r"\s[|<>]\s", line)[0], comments=True)[1:] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", page.read_text(encoding="utf-8")))
    missing = []
    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            missing.append(link)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist_with_their_options(page):
    for name, *words in commands(page):
        command = COMMANDS[name]
        if hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        used = {word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z0-9]", word)}
        assert used <= known | {"--help"}, f"llamo {name}: {used - known}"


def test_the_index_lists_every_page():
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (DOCS / "README.md").read_text(encoding="utf-8")))
    assert listed == {page.name for page in DOCS.glob("*.md")} - {"README.md"}


@needs_weights
def test_python_of_the_first_pages_runs_and_prints_what_they_say(tmp_path):
    pages = [DOCS / f"{name}.md" for name in ("quick-start", "your-molecules", "fine-tuning")]
    code = "\n".join(block for page in pages for block in blocks(page, "python"))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in (DOCS / "quick-start.md").read_text(encoding="utf-8")
    assert len((tmp_path / "train.csv").read_text().splitlines()) == 51


def test_the_recipe_for_few_rows_is_read():
    check_recipe(read_recipe(REPOSITORY / "examples" / "recipes" / "fine-tune.yaml"))
