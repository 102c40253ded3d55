"""Conversations of a few molecules, as `llamo build-instructions` writes them."""

import json
from pathlib import Path

from llamo.analysis.tuning.material import Talk

SMILES = ("CCO", "CCN", "CCBr", "CC=O", "NCCO", "OCCBr", "CCC", "CC(C)=O", "NCC=O", "CCCCO", "NCCCl", "O=CCO")


def talks() -> list[Talk]:
    return [
        Talk(one, f"The molecule is {one}.", (("What is it?", f"It is {one}."), ("Is it big?", "No, it is not.")))
        for one in SMILES
    ]


def conversations_file(path: Path) -> Path:
    rows = [
        {
            "smiles": one.smiles,
            "messages": [
                {"role": role, "content": content}
                for turn in one.turns
                for role, content in zip(("user", "assistant"), turn, strict=True)
            ],
            "context": {"description": one.description, "iupac": "", "properties": {}},
        }
        for one in talks()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
