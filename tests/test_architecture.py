"""The house rules that a program can check: who imports whom, sizes, docstrings, and that setup.py lists everything."""

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.paths import REPOSITORY

# Which of our packages a package may import besides itself.
ALLOWED = {
    "configuration": set(),
    "modeling_llamo": {"configuration"},
    "processors": {"configuration"},
    "llamo": {"configuration", "modeling_llamo", "processors"},
    "examples": {"configuration", "modeling_llamo", "processors", "llamo"},
    "benchmarks": {"benchmarks", "configuration", "modeling_llamo", "processors", "llamo", "tests"},
}
INSTALLED = ("configuration", "modeling_llamo", "processors", "llamo")
# What a package does not know, by top-level module name.
FORBIDDEN = {
    "configuration": {"torch", "rdkit", "tokenizers", "torch_geometric"},
    "modeling_llamo": {"rdkit", "tokenizers", "datasets", "peft"},
    "processors": {"peft", "datasets"},
}
VAGUE_NAMES = {"utils", "helpers", "helper", "common", "misc"}
LONGEST_FUNCTION = 60
LONGEST_FILE = 400


def modules(folders) -> list[Path]:
    return sorted(chain.from_iterable((REPOSITORY / folder).rglob("*.py") for folder in folders))


def label(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def imported_roots(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def setup_arguments() -> dict[str, ast.expr]:
    tree = ast.parse((REPOSITORY / "setup.py").read_text(encoding="utf-8"))
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "setup")
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def setup_value(name: str):
    """An argument of setup(), with the names that setup.py defines filled in."""
    tree = ast.parse((REPOSITORY / "setup.py").read_text(encoding="utf-8"))
    constants = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return eval(compile(ast.Expression(setup_arguments()[name]), "setup.py", "eval"), dict(constants))


def package_folders() -> set[str]:
    return {".".join(path.parent.relative_to(REPOSITORY).parts) for path in modules(INSTALLED)}


@pytest.mark.parametrize("path", modules(ALLOWED), ids=label)
def test_imports_go_one_way(path):
    package = path.relative_to(REPOSITORY).parts[0]
    roots = set(imported_roots(ast.parse(path.read_text(encoding="utf-8"))))
    ours = roots & (set(ALLOWED) | {"tests"})
    assert ours <= ALLOWED[package] | {package}
    assert not roots & FORBIDDEN.get(package, set())


@pytest.mark.parametrize("path", modules([*ALLOWED, "tests"]), ids=label)
def test_names_say_what_is_inside(path):
    assert not set(path.relative_to(REPOSITORY).with_suffix("").parts) & VAGUE_NAMES


@pytest.mark.parametrize("path", modules(ALLOWED), ids=label)
def test_modules_have_a_docstring_and_a_readable_size(path):
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), "a module says what it is"
    assert len(source.splitlines()) < LONGEST_FILE


@pytest.mark.parametrize("path", modules(ALLOWED), ids=label)
def test_functions_are_short(path):
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    sizes = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_setup_lists_every_package():
    assert set(setup_value("packages")) == package_folders()


def test_every_package_is_typed():
    assert [
        name for name in package_folders() if not (REPOSITORY / name.replace(".", "/") / "py.typed").is_file()
    ] == []


def test_setup_ships_every_data_file():
    patterns = setup_value("package_data")
    shipped = {
        file
        for package, names in patterns.items()
        for name in names
        for file in (REPOSITORY / package.replace(".", "/")).glob(name)
    }
    there = {
        file
        for folder in INSTALLED
        for file in (REPOSITORY / folder).rglob("*")
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts
    }
    assert there <= shipped
