"""Reactions: what forms, what it is made from, and what else is in the flask. A side is one SMILES with dots."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from llamo.data.bad_row import Problem
from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.task import Fields, Split, Task

_LOWE = "Reactions of US patents (Lowe 2012), CC0; "


def _uspto_mit() -> dict[str, Split]:
    """The validation file to train on, its end to validate, the test file to test; its training file is not at hand."""
    train = DataSource(path="uspto_mit_validation.csv.gz", split="train[:90%]")
    validation = DataSource(path="uspto_mit_validation.csv.gz", split="train[90%:]")
    return {
        "train": Split(local=train, without=("validation", "test")),
        "validation": Split(local=validation),
        "test": Split(local=DataSource(path="uspto_mit_test.csv.gz")),
    }


def _uspto_50k(split: str, **settings: Any) -> Split:
    return Split(local=DataSource(path="uspto50k.csv.gz", where={"split": split}), **settings)


def mixed(*sides: str) -> str:
    """The molecules of both sides in an order that tells nothing and is always the same ("mixed" USPTO-MIT)."""
    molecules = sorted(".".join(side for side in sides if side).split("."))
    random.Random(".".join(molecules)).shuffle(molecules)
    return ".".join(molecules)


def _read_forward(row: Mapping[str, Any]) -> Sequence[Fields]:
    product = cells.text(row, "product")
    reagents = "" if cells.is_missing(row.get("reagents")) else cells.text(row, "reagents")
    return [Fields((mixed(cells.text(row, "reactants"), reagents),), product, key=product)]


def _read_retrosynthesis(row: Mapping[str, Any]) -> Sequence[Fields]:
    return [Fields((cells.text(row, "product"),), cells.text(row, "reactants"))]


def _read_reagents(row: Mapping[str, Any]) -> Sequence[Fields]:
    reactants, product = cells.text(row, "reactants"), cells.text(row, "product")
    if cells.is_missing(row.get("reagents")):
        raise Problem(
            "empty_output", "no reagents are known of this reaction", "nothing to do", f"{reactants}>>{product}"
        )
    return [Fields((reactants, product), cells.text(row, "reagents"), key=product)]


def _task(name: str, title: str, *, prompts: Sequence[str], splits: dict[str, Split], read: Any, licence: str) -> Task:
    return Task(
        name=name,
        title=title,
        prompts=prompts,
        splits=splits,
        read=read,
        answer="smiles",
        parse=parsing.smiles,
        scorers=scorers.smiles,
        licence=licence,
    )


TASKS = (
    _task(
        "forward-reaction",
        "Forward reaction prediction, USPTO-MIT mixed",
        prompts=(
            "These molecules are put together and react. Which product forms? Answer with its SMILES.",
            "Here are the reactants and reagents of a reaction. Write the SMILES of its product.",
            "Predict what these molecules react to. Give the SMILES of the product only.",
        ),
        splits=_uspto_mit(),
        read=_read_forward,
        licence=f"{_LOWE}USPTO-480k of Jin et al. 2017.",
    ),
    _task(
        "retrosynthesis",
        "Retrosynthesis, USPTO-50k",
        prompts=(
            "From which reactants can this molecule be made in one step? Answer with their SMILES, joined by dots.",
            "This molecule is the product of a reaction. Write the SMILES of the reactants, with dots between them.",
            "Plan the last step of a synthesis of this molecule: give the SMILES of its reactants only.",
        ),
        splits={
            "train": _uspto_50k("train", without=("validation", "test")),
            "validation": _uspto_50k("validation"),
            "test": _uspto_50k("test"),
        },
        read=_read_retrosynthesis,
        licence=f"{_LOWE}50k of Schneider et al. 2016; file of pandegroup/reaction_prediction_seq2seq, Apache-2.0.",
    ),
    _task(
        "reagents",
        "Reagent prediction, USPTO-MIT",
        prompts=(
            "Which reagents turn the reactants <graph> into the product <graph>? Answer with SMILES, joined by dots.",
            "Reactants: <graph> Product: <graph> Write the SMILES of the reagents of this reaction, joined by dots.",
            "What has to be added so that <graph> reacts to <graph>? Give the SMILES of the reagents only.",
        ),
        splits=_uspto_mit(),
        read=_read_reagents,
        licence=f"{_LOWE}USPTO-480k of Jin et al. 2017.",
    ),
)
