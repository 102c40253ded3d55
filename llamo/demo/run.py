"""The demo from end to end: data, model, training, saving, loading through the Auto classes, asking, report."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from transformers import AutoModel, AutoProcessor, PreTrainedModel

from llamo.demo.answering import Score, answer, exchange, score
from llamo.demo.model import build_model
from llamo.demo.molecules import NamedMolecule, read_molecules, split_molecules
from llamo.demo.questions import QUESTION_TYPES, Example, ask, majority_answers
from llamo.demo.report import DemoReport, pick_samples, show
from llamo.demo.training import encode_examples, progress_bar, train
from llamo.quiet import quiet
from llamo.training.tokenizer import build_tokenizer
from processors import LlamoProcessor, MoleculeGraph

EPOCHS = 12


def run_demo(
    output: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    max_train_molecules: int | None = None,
    device: str = "cpu",
) -> DemoReport:
    """Trains a very small LLaMo from scratch and asks it about molecules it has never seen.

    Results go to stdout, progress to stderr; `output` gets the model folder `model` and `report.json`.

    Args:
        output: folder, made if it is not there.
        seed: of the split, the weights and the order of training.
        epochs: passes over the training questions; None takes what suits a run of about two minutes on two cores.
        max_train_molecules: learn from (and ask about) this many at most; None takes all.
        device: where to compute, "cpu" or "cuda".
    """
    started = time.perf_counter()
    epochs = EPOCHS if epochs is None else epochs
    folder = Path(output) / "model"
    folder.mkdir(parents=True, exist_ok=True)
    steps = Console(stderr=True)

    train_molecules, held_out = _molecules(seed, max_train_molecules)
    asked, lessons = ask(held_out), ask(train_molecules)
    steps.print(f"{len(train_molecules)} molecules to learn from, {len(held_out)} to ask about")
    with quiet():
        parameters, loss = _train_and_save(folder, lessons, epochs=epochs, seed=seed, device=device)
        steps.print(f"saved to {folder}, loading it from there")
        model, processor = AutoModel.from_pretrained(folder), AutoProcessor.from_pretrained(folder)
        answers, control = _ask_twice(model.to(device).eval(), processor, asked, held_out, seed=seed)
    report = DemoReport(
        train_molecules=len(train_molecules),
        held_out_molecules=len(held_out),
        parameters=parameters,
        epochs=epochs,
        training_loss=loss,
        seconds=time.perf_counter() - started,
        scores=_scores(lessons, asked, answers, control),
        samples=pick_samples(asked, answers),
    )
    report.save(Path(output) / "report.json")
    show(report, Console())
    return report


def _molecules(seed: int, limit: int | None) -> tuple[list[NamedMolecule], list[NamedMolecule]]:
    train_molecules, held_out = split_molecules(read_molecules(), seed=seed)
    return train_molecules[:limit], held_out[:limit]


def _train_and_save(
    folder: Path, lessons: Sequence[Example], *, epochs: int, seed: int, device: str
) -> tuple[int, float]:
    """Number of weights and mean training loss of the model that is in `folder` afterwards."""
    texts = [phrasing for kind in QUESTION_TYPES for phrasing in kind.phrasings]
    tokenizer = build_tokenizer([*texts, *(lesson.truth for lesson in lessons)])
    model, processor = build_model(tokenizer, seed=seed)
    encoded = encode_examples(lessons, _graphs(lessons, processor), processor, seed=seed)
    with progress_bar(console=Console(stderr=True)) as progress:
        loss = train(
            model, processor, encoded, folder=folder.parent, epochs=epochs, seed=seed, device=device, progress=progress
        )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return model.num_parameters(), loss


def _ask_twice(
    model: PreTrainedModel,
    processor: LlamoProcessor,
    asked: Sequence[Example],
    held_out: Sequence[NamedMolecule],
    *,
    seed: int,
) -> tuple[list[str], list[str]]:
    """Answers with each molecule's own graph, and with another held-out molecule's."""
    graphs, questions = _graphs(asked, processor), [example.question for example in asked]
    other = exchange(held_out, seed=seed)
    own = [graphs[example.molecule.smiles] for example in asked]
    swapped = [graphs[other[example.molecule.smiles].smiles] for example in asked]
    return answer(model, processor, own, questions), answer(model, processor, swapped, questions)


def _graphs(examples: Sequence[Example], processor: LlamoProcessor) -> dict[str, MoleculeGraph]:
    """Each molecule's graph, computed once."""
    extractor = processor.feature_extractor
    return {smiles: extractor.featurize(smiles) for smiles in {example.molecule.smiles for example in examples}}


def _scores(
    lessons: Sequence[Example], asked: Sequence[Example], answers: Sequence[str], control: Sequence[str]
) -> list[Score]:
    return score(asked, answers, control, majority_answers(lessons))
