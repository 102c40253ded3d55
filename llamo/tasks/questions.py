"""Open questions about a drug, each pair of question and answer an example (DrugChat, arXiv 2309.03907)."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.data.bad_row import Problem
from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.task import Fields, Split, Task

_LOCAL = DataSource(path="drugchat_chembl_qa.jsonl.gz", columns={"smiles": "smiles"})


def _read(row: Mapping[str, Any]) -> Sequence[Fields]:
    smiles, pairs = cells.text(row, "smiles"), row.get("qa")
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise Problem("schema", "'qa' must be a list of [question, answer]", "correct the row", pairs)
    return [Fields((smiles,), str(answer), {"question": str(question)}) for question, answer in pairs]


TASK = Task(
    name="questions",
    title="Open questions about drugs, DrugChat",
    prompts=("{question}", "A question about this molecule: {question}", "{question} Answer briefly."),
    splits={part: Split(local=_LOCAL, part=part) for part in ("train", "validation", "test")},
    read=_read,
    answer="text",
    parse=parsing.text,
    scorers=scorers.questions,
    max_new_tokens=64,
    licence="DrugChat (Liang et al. 2023), BSD-3-Clause; facts from ChEMBL, CC BY-SA 3.0.",
)
