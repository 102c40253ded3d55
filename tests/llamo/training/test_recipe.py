"""Recipes are typed: what does not fit is refused with its place before anything is loaded."""

import pytest

from llamo.training.recipe import read_recipe
from tests.llamo.training.recipes import TINY, tiny_recipe
from tests.paths import REPOSITORY


@pytest.mark.parametrize("path", sorted((REPOSITORY / "examples" / "recipes").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_shipped_recipe_reads(path):
    recipe = read_recipe(path)
    assert recipe.stages
    assert all(stage.trains.language_model != "lora" or stage.lora is not None for stage in recipe.stages)


def test_a_resolved_recipe_reads_as_itself(tmp_path):
    recipe = tiny_recipe(tmp_path / "run")
    (tmp_path / "recipe.yaml").write_text(recipe.to_yaml())
    assert read_recipe(tmp_path / "recipe.yaml") == recipe


def test_overrides_reach_every_place(tmp_path):
    recipe = tiny_recipe(tmp_path, "seed=3", "stages.1.lora.r=4", "stages.0.arguments.learning_rate=2e-5")
    assert (recipe.seed, recipe.stages[1].lora.r) == (3, 4)
    assert float(recipe.stages[0].arguments["learning_rate"]) == 2e-5
    assert float(recipe.stages[1].arguments["learning_rate"]) == 1e-3  # though YAML names one mapping twice


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("sed=1", r"recipe has no field sed; it has .*seed"),
        ("seed=x", "recipe.seed must be int, got 'x'"),
        ("stages.0.trains.projector=lora", r"stages\[0\]\.trains\.projector must be one of frozen, full"),
        ("stages.0.name=a/b", "names a folder"),
        ("stages.1.name=align", "each with a name of its own"),
        ("stages.1.trains.language_model=full", "lora is given, but"),
        ("stages.7.name=x", "there is no place 'stages.7.name'"),
        ("model.text_model=gpt2", "exactly one of llamo, text_model, text_config"),
        ("data.leakage=ignore", "recipe.data.leakage must be one of error, drop, warn, off"),
        ("seed", "expected key.path=value"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(tmp_path, override, message):
    with pytest.raises(ValueError, match=message):
        tiny_recipe(tmp_path, override)


def test_files_that_are_no_recipe_are_refused(tmp_path):
    (tmp_path / "bad.yaml").write_text("a: [1")
    (tmp_path / "list.yaml").write_text("[1, 2]")
    for name, message in [("bad", "is no YAML"), ("list", "must be a mapping"), ("absent", "is no file")]:
        with pytest.raises(ValueError, match=message):
            read_recipe(tmp_path / f"{name}.yaml")
    assert TINY.is_file()


def test_a_recipe_whose_aliases_multiply_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    (tmp_path / "endless.yaml").write_text("a: &a [*a]")
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    for name, told in {"bomb": "holds more than", "endless": "nests deeper", "deep": "nests deeper"}.items():
        with pytest.raises(ValueError, match=rf"{name}\.yaml {told}"):
            read_recipe(tmp_path / f"{name}.yaml")
