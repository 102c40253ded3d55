"""What leaving out an atom or a functional group does to the probability of a given answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llamo.evaluation.likelihood import rows_at_a_time, token_log_probabilities
from llamo.explain.prompt import Prompt
from llamo.explain.steps import Steps
from llamo.explain.variants import LeavingOut, all_variants
from processors import MoleculeGraph
from processors.graph import featurize_mol
from processors.molecule import parse
from processors.motifs import MotifAtoms


@dataclass(frozen=True)
class Effects:
    """Log-probability of the answer's W words in nats, whole molecule minus the molecule with something left out.

    Positive: what was left out made the word more probable. The sum over words is the effect on the whole answer.

    Attributes:
        words: (W) log-probability with the whole molecule.
        atoms: (N, W) without one atom.
        motifs: (M, W) without one motif, that is its own atoms and its row.
        motif_rows: (M, W) without one motif's row, all atoms in place.
    """

    words: np.ndarray
    atoms: np.ndarray
    motifs: np.ndarray
    motif_rows: np.ndarray


def unknown_atom(prompt: Prompt) -> np.ndarray:
    """(9,) features of `*`."""
    tags = prompt.processor.feature_extractor.num_chirality_tags
    return featurize_mol(parse("*"), use_motifs=False, num_chirality_tags=tags).node_ids[0]


def word_log_probabilities(
    model: Any,
    prompt: Prompt,
    rows: Sequence[Sequence[MoleculeGraph]],
    answer: Sequence[int],
    owners: np.ndarray,
    *,
    batch_size: int = 32,
) -> Steps[np.ndarray]:
    """(rows, W) log-probability of the answer's words, in nats, where the prompt's molecules are those of each row.

    A step is a pass of the model over at most `batch_size` rows.
    """
    batch_size = min(batch_size, rows_at_a_time(len(answer), model.config.text_config.vocab_size))
    found = []
    for start in range(0, len(rows), batch_size):
        part = rows[start : start + batch_size]
        inputs = {name: tensor.to(model.device) for name, tensor in prompt.inputs(part).items()}
        found.append(token_log_probabilities(model, inputs, [answer] * len(part)).numpy())
        yield
    of_word = owners[:, None] == np.arange(owners.max() + 1)
    return np.concatenate(found) @ of_word


def measure(
    model: Any,
    prompt: Prompt,
    motifs: Sequence[Sequence[MotifAtoms]],
    answer: Sequence[int],
    owners: np.ndarray,
    *,
    blank: np.ndarray,
    how: LeavingOut = "remove",
    batch_size: int = 32,
) -> Steps[list[Effects]]:
    """Effects in each molecule of a prompt, the others staying whole.

    Args:
        model: a LLaMo.
        prompt: what was asked.
        motifs: of each molecule, as `motif_atoms` finds them.
        answer: ids.
        owners: the word of each id.
        blank: see `leave_out`.
        how: see `leave_out`.
        batch_size: variants at a time, one step.
    """
    rows, sizes = [prompt.graphs], []
    for place, (graph, groups) in enumerate(zip(prompt.graphs, motifs, strict=True)):
        variants = all_variants(graph, groups, blank=blank, how=how)
        rows += [[*prompt.graphs[:place], variant, *prompt.graphs[place + 1 :]] for variant in variants]
        sizes += [len(graph.node_ids), len(groups), len(groups)]
    logs = yield from word_log_probabilities(model, prompt, rows, answer, owners, batch_size=batch_size)
    parts = np.split(logs[0] - logs[1:], np.cumsum(sizes)[:-1])
    return [Effects(logs[0], *parts[start : start + 3]) for start in range(0, len(parts), 3)]
