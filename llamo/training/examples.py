"""From a recipe's sources to encoded training and validation examples, with bad rows and leaks on record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from accelerate import PartialState

from llamo.data import (
    BadRowReport,
    DataSource,
    EncodedSource,
    RowError,
    check_leakage,
    encode_source,
    fingerprint,
    held_out_structures,
    mix,
    open_source,
)
from llamo.data.reading import readable
from llamo.data.rows import RowReader
from llamo.training.recipe import DataRecipe, Recipe, StageRecipe
from processors import LlamoProcessor

# Rows of a stream that are shuffled at a time.
STREAM_BUFFER = 1000


@dataclass
class StageData:
    """Examples of a stage.

    Attributes:
        train: mixed by weight.
        validation: None where the recipe names none.
        sources: as encoded, training first.
        report: of bad rows.
    """

    train: Any
    validation: Any
    sources: list[EncodedSource]
    report: BadRowReport

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What exactly was trained on."""
        return fingerprint(self.sources)


def source_of(values: dict[str, Any]) -> DataSource:
    """A source from a recipe.

    Raises:
        ValueError: a field that sources do not have, or a value that does not fit.
    """
    try:
        return DataSource(**values)
    except TypeError as error:
        raise ValueError(f"source {values.get('path', values)!r}: {error}") from None


def load_stage(recipe: Recipe, stage: StageRecipe, processor: LlamoProcessor, folder: Path) -> StageData:
    """Opens, checks and encodes the sources of a stage.

    Args:
        recipe: what else is held out, and how rows become examples.
        stage: its sources.
        processor: encodes.
        folder: gets `bad_rows.jsonl`.

    Raises:
        ValueError: a source cannot be read, leaks (with `leakage: error`), or nothing is left.
    """
    settings = recipe.data
    report = BadRowReport(folder / "bad_rows.jsonl" if PartialState().is_main_process else None)
    train, validation = [source_of(values) for values in stage.train], [source_of(v) for v in stage.validation]
    held_out = _held_out(recipe)
    streams = [source for source in train if source.streaming]
    if streams and len(streams) < len(train):
        raise ValueError(f"stage {stage.name}: train mixes streams and files; stream all of them or none")
    options = _encoding(settings, report, recipe.seed)
    encoded = (
        _encode_streams(train, processor, held_out, settings, options)
        if streams
        else _encode_files(train, processor, held_out, settings, report, options)
    )
    evaluated = [encode_source(source, processor, **options) for source in validation]
    return StageData(
        train=mix(encoded, seed=recipe.seed, buffer_size=STREAM_BUFFER if streams else None),
        validation=mix(evaluated, seed=recipe.seed, shuffle=False) if evaluated else None,
        sources=[*encoded, *evaluated],
        report=report,
    )


def _held_out(recipe: Recipe) -> list[DataSource]:
    """Every source that is evaluated in any stage, and those only named as held out; each once."""
    named = [*recipe.data.held_out, *(values for stage in recipe.stages for values in stage.validation)]
    return [source_of(values) for number, values in enumerate(named) if values not in named[:number]]


def _encoding(settings: DataRecipe, report: BadRowReport, seed: int) -> dict[str, Any]:
    return {
        "max_length": settings.max_length,
        "truncation": settings.truncation,
        "on_bad_row": settings.on_bad_row,
        "on_the_fly": settings.on_the_fly,
        "report": report,
        "seed": seed,
        "num_proc": settings.num_proc,
        "cache_dir": settings.cache_dir,
    }


def _encode_files(
    train: list[DataSource],
    processor: LlamoProcessor,
    held_out: list[DataSource],
    settings: DataRecipe,
    report: BadRowReport,
    options: dict[str, Any],
) -> list[EncodedSource]:
    checked = check_leakage(
        train,
        held_out,
        policy=settings.leakage,
        ignore_stereo=settings.ignore_stereo,
        report=report,
        num_proc=settings.num_proc,
        cache_dir=settings.cache_dir,
    )
    return [encode_source(rows, processor, **options) for rows in checked.train]


def _encode_streams(
    train: list[DataSource],
    processor: LlamoProcessor,
    held_out: list[DataSource],
    settings: DataRecipe,
    options: dict[str, Any],
) -> list[EncodedSource]:
    """Leaks of streams are bad rows as they are met: nobody can look at all of them beforehand."""
    structures = None
    if settings.leakage != "off" and held_out:
        structures = held_out_structures(
            held_out,
            ignore_stereo=settings.ignore_stereo,
            num_proc=settings.num_proc,
            cache_dir=settings.cache_dir,
        )
    options = {**options, "on_the_fly": False, "held_out": structures, "ignore_stereo": settings.ignore_stereo}
    return [encode_source(source, processor, **options) for source in train]


def training_texts(stages: Sequence[StageRecipe], *, seed: int) -> Iterator[str]:
    """All words of the training conversations, for a tokenizer from scratch."""
    for values in {repr(values): values for stage in stages for values in stage.train}.values():
        source = source_of(values)
        reader = RowReader.of(source, seed=seed)
        for record in readable(cast(Iterable[dict[str, Any]], open_source(source).dataset), source):
            try:
                messages = reader.messages(record)
            except RowError:
                continue  # encoding reports it
            yield from _texts_of(messages)


def _texts_of(messages: list[dict[str, Any]]) -> Iterator[str]:
    for message in messages:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            text = part.get("text") or part.get("smiles")
            if isinstance(text, str):
                yield text
