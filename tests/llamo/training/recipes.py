"""The tiny recipe, made to run in a test's folder."""

import contextlib
from pathlib import Path

from llamo.training.recipe import Recipe, read_recipe
from tests.paths import REPOSITORY

TINY = REPOSITORY / "examples" / "recipes" / "tiny.yaml"
DATA = REPOSITORY / "examples" / "data" / "tiny.jsonl"


def overrides(output: Path, *more: str) -> list[str]:
    """Overrides that make the tiny recipe independent of the current directory."""
    places = [f"stages.{stage}.{kind}.0.path={DATA}" for stage in (0, 1) for kind in ("train", "validation")]
    return [f"output={output}", *places, *more]


def tiny_recipe(output: Path, *more: str) -> Recipe:
    return read_recipe(TINY, overrides(output, *more))


@contextlib.contextmanager
def one_stage(output: Path, *more: str):
    """The tiny recipe with its first stage only."""
    recipe = tiny_recipe(output, *more)
    recipe.stages = recipe.stages[:1]
    yield recipe
