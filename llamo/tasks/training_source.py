"""Questions of a task as rows to train on, so that training asks as evaluation does. Encodes nothing."""

import json

from transformers.utils import logging

from llamo.data.rows import JSON, SourceRows
from llamo.data.sources import TASK_PREFIX, DataSource
from llamo.data.summary import count, describe
from llamo.tasks.loading import open_examples
from llamo.tasks.registry import get_task
from llamo.tasks.task import Example

logger = logging.get_logger(__name__)

# Of the wording of training questions; other splits are asked in the first wording, as in evaluation.
_DRAW_SEED = 0


def open_task(source: DataSource) -> SourceRows:
    """The source `task:NAME`: its rows have `smiles` (a list), `instruction`, `output` and `group`.

    Files are taken from the folder that `LLAMO_DATA` names, or from the Hub. What is left out is logged.

    Raises:
        ValueError: there is no such task or split, its data are nowhere, or a setting does not apply.
    """
    from datasets import Dataset

    from llamo.data.choice import choose_rows

    unread = ("name", "revision", "columns", "instruction", "undo_doubled_backslashes", "streaming")
    if given := [name for name in unread if getattr(source, name)]:
        raise ValueError(f"{source.path}: {', '.join(given)} cannot be set for a task; leave them out")
    task, split = get_task(source.path.removeprefix(TASK_PREFIX)), source.split or "train"
    limit = None if source.where else source.max_rows
    examples = open_examples(task, split, limit=limit, draw_seed=_DRAW_SEED if split == "train" else None)
    if examples.left_out:
        first = examples.left_out[0]
        logger.warning(f"{source.title}: left out{describe(count(examples.left_out))[1:]}; the first: {first}")
    rows = Dataset.from_dict({JSON: [json.dumps(_row(example)) for example in examples]})
    return SourceRows(source, choose_rows(rows, source), in_memory=True)


def _row(example: Example) -> dict[str, object]:
    return {
        "smiles": list(example.molecules) or None,
        "instruction": example.prompt,
        "output": example.target,
        "group": example.group,
    }
