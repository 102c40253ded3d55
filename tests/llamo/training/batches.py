"""Conversations about molecules, and batches of them, for tests of graph use."""

import torch

from llamo.training.batch_graphs import GraphLayout
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor
from tests.text import model_and_processor


def conversation(molecules: list[str], question: str, answer: str) -> dict:
    """One turn about some molecules, or none."""
    parts = [{"type": "molecule", "smiles": smiles} for smiles in molecules]
    content = [*parts, {"type": "text", "text": question}]
    return {"messages": [{"role": "user", "content": content}, {"role": "assistant", "content": answer}]}


# One molecule, text only, two molecules, one molecule again.
CONVERSATIONS = [
    conversation(["CCO"], "What is it?", "Ethanol."),
    conversation([], "Hello?", "Hi."),
    conversation(["c1ccccc1C", "CC(=O)OC"], "Do they mix?", "Yes, they do."),
    conversation(["CCNC"], "Name?", "N-methylethanamine."),
]
SAMPLES_WITH_GRAPHS = [0, 2, 3]


def setting(**projector) -> tuple:
    """A tiny model in evaluation mode, its processor and its layout."""
    model, processor = model_and_processor(**projector)
    return model, processor, GraphLayout.of(model)


def collate(processor: LlamoProcessor, conversations=None, *, packed: bool = False, **options) -> dict:
    """A batch of `CONVERSATIONS`, or of others."""
    make = LlamoPackingCollator if packed else LlamoDataCollator
    return make(processor, **options)(list(CONVERSATIONS if conversations is None else conversations))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def assert_same_batch(one: dict, other: dict):
    assert one.keys() == other.keys()
    for name, value in one.items():
        if isinstance(value, torch.Tensor):
            assert value.dtype == other[name].dtype, name
            assert torch.equal(value, other[name]), name
        else:
            assert value == other[name], name
