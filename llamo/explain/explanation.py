"""The explanation of one answer: words, molecules, what was read and what leaving out does. Runs no model.

Shapes: N atoms, M motifs, W words of the answer.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from rdkit import Chem

from llamo.explain.attention import Attention
from llamo.explain.drawing import Quantity, png, svg
from llamo.explain.effects import Effects
from llamo.explain.variants import LeavingOut
from processors.motifs import MotifAtoms

ATTENTION, GRAPH_ALONE, WITH_SMILES = "attention", "graph alone", "with SMILES"
MOTIFS = "groups, "


@dataclass(frozen=True)
class ExplainedMolecule:
    """One molecule of the question.

    Attributes:
        mol: the RDKit molecule; atoms are numbered from 0 as in it.
        motifs: its functional groups, in the order of the model's rows.
        attention: what was read; None where it was not asked for.
        effects: of leaving out, by prompt (`GRAPH_ALONE`, `WITH_SMILES`).
    """

    mol: Chem.Mol
    motifs: Sequence[MotifAtoms]
    attention: Attention | None
    effects: Mapping[str, Effects]

    @cached_property
    def smiles(self) -> str:
        """Canonical SMILES."""
        return Chem.MolToSmiles(self.mol)

    @cached_property
    def atom_names(self) -> list[str]:
        """Element and number, such as `O3`."""
        return [f"{atom.GetSymbol()}{atom.GetIdx()}" for atom in self.mol.GetAtoms()]

    @cached_property
    def motif_names(self) -> list[str]:
        """SMILES of each motif with the carbons it is bound to."""
        return [Chem.MolFragmentToSmiles(self.mol, atomsToUse=list(motif.atoms)) for motif in self.motifs]

    @property
    def quantities(self) -> dict[str, Quantity]:
        """What atoms can be coloured by, and what the numbers are."""
        found = {}
        for name in self.effects:
            found[name] = Quantity(f"effect of each atom, {name}", "nats", is_signed=True)
            if self.motifs:
                found[f"{MOTIFS}{name}"] = Quantity(f"effect of each group, {name}", "nats", is_signed=True)
        if self.attention is not None:
            found[ATTENTION] = Quantity("attention over graph tokens", "share", is_signed=False)
        return found

    def values(self, quantity: str, *, word: int | None = None) -> np.ndarray:
        """(N,) numbers to colour atoms by.

        Args:
            quantity: `attention`; `graph alone` or `with SMILES`, the effect of leaving out each atom; the same behind
                `groups, `, of the groups whose own each atom is the largest effect.
            word: of the answer; None is the whole answer: the mean attention of words, the sum of effects.

        Raises:
            ValueError: there is no such quantity, or no such word.
        """
        if quantity not in self.quantities:
            raise ValueError(f"got quantity {quantity!r}; this explanation has {', '.join(self.quantities) or 'none'}")
        if quantity == ATTENTION:
            assert self.attention is not None
            return _of_word(self.attention.word_atoms().T, word, np.mean)
        effects = self.effects[quantity.removeprefix(MOTIFS)]
        if not quantity.startswith(MOTIFS):
            return _of_word(effects.atoms, word, np.sum)
        values = np.zeros(self.mol.GetNumAtoms())
        for motif, effect in zip(self.motifs, _of_word(effects.motifs, word, np.sum), strict=True):
            for atom in motif.own:
                values[atom] = max(values[atom], effect, key=abs)
        return values


def _of_word(by_word: np.ndarray, word: int | None, over_all: Callable[..., np.ndarray]) -> np.ndarray:
    """A column of (rows, W), or all of them as one."""
    if word is None:
        return over_all(by_word, axis=1)
    if not 0 <= word < by_word.shape[1]:
        raise ValueError(f"got word {word}; the answer has words 0 to {by_word.shape[1] - 1}")
    return by_word[:, word]


@dataclass(frozen=True)
class Explanation:
    """Why an answer, as far as attention and leaving out can tell.

    Attributes:
        question: as asked.
        answer: its text.
        is_own: whether the model gave it itself.
        words: of the answer, the last one `(end)` where the model ended it.
        log_probability: of each word in nats, after the prompt that was asked.
        molecules: of the question.
        left_out: how atoms were left out (`remove`, `mask`); None where they were not.
        model: its name, for the report.
    """

    question: str
    answer: str
    is_own: bool
    words: Sequence[str]
    log_probability: np.ndarray
    molecules: Sequence[ExplainedMolecule]
    left_out: LeavingOut | None
    model: str = ""

    def svg(self, quantity: str = GRAPH_ALONE, *, word: int | None = None, molecule: int = 0) -> str:
        """A molecule with its atoms coloured, as a document of its own; arguments as `ExplainedMolecule.values`."""
        return svg(*self._picture(quantity, word, molecule))

    def png(self, quantity: str = GRAPH_ALONE, *, word: int | None = None, molecule: int = 0) -> bytes:
        """The same as `svg` as a PNG on white."""
        return png(*self._picture(quantity, word, molecule))

    def _picture(self, name: str, word: int | None, molecule: int) -> tuple[Chem.Mol, np.ndarray, Quantity]:
        one = self.molecules[molecule]
        values, quantity = one.values(name, word=word), one.quantities[name]
        what = "whole answer" if word is None else self.words[word]
        return one.mol, values, replace(quantity, title=f"{what}: {quantity.title}")

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON takes it.

        Each molecule has a drawing, `svg`, whose circles carry `data-atom` and are invisible; its colours are the CSS
        variables `--ink`, `--attention`, `--more` and `--less` (`llamo.explain.drawing.COLORS`).
        """
        from llamo.explain.record import record

        return record(self)

    def to_html(self) -> str:
        """A page that needs nothing else."""
        from llamo.explain.page import render

        return render(self)

    def save(self, folder: str | Path) -> Path:
        """Writes `explanation.html`, `explanation.json` and pictures of the whole answer; gives the page's path."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / "explanation.html"
        page.write_text(self.to_html(), encoding="utf-8", newline="\n")
        data = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
        (folder / "explanation.json").write_text(f"{data}\n", encoding="utf-8", newline="\n")
        for place, one in enumerate(self.molecules):
            for name in one.quantities:
                path = folder / f"molecule-{place}-{name.replace(',', '').replace(' ', '-')}"
                path.with_suffix(".svg").write_text(self.svg(name, molecule=place), encoding="utf-8", newline="\n")
                path.with_suffix(".png").write_bytes(self.png(name, molecule=place))
        return page

    def _repr_html_(self) -> str:
        """The page in a frame, for notebooks."""
        from html import escape

        return (
            f'<iframe srcdoc="{escape(self.to_html())}" sandbox="allow-scripts" title="explanation" '
            'style="width: 100%; height: 720px; border: 0"></iframe>'
        )
