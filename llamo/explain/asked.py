"""A question as a model was asked it, with the SMILES of its molecules and without. No model runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdkit.Chem import Mol

from llamo.explain.explanation import GRAPH_ALONE, WITH_SMILES
from llamo.explain.prompt import Prompt
from processors import LlamoProcessor, MoleculeGraph


@dataclass(frozen=True)
class Asked:
    """A question, or the last one of a talk.

    Attributes:
        question: its text.
        mols: all molecules of the talk.
        prompts: `GRAPH_ALONE` and, where prompts write SMILES, `WITH_SMILES`.
    """

    question: str
    mols: Sequence[Mol]
    prompts: Mapping[str, Prompt]

    @classmethod
    def write(
        cls,
        processor: LlamoProcessor,
        question: str,
        messages: list[dict[str, Any]],
        mols: Sequence[Mol],
        graphs: list[MoleculeGraph],
        *,
        graph_alone: bool = False,
        sanitize: bool = False,
    ) -> "Asked":
        """Its prompts.

        Args:
            processor: writes them.
            question: text of the last message.
            messages: all of them, with `graphs` as their molecules.
            mols: in the order of the messages.
            graphs: of `mols`, whose atoms have the same numbers.
            graph_alone: the model was asked without SMILES.
            sanitize: see `Prompt.write`.
        """
        options = {"sanitize": sanitize}
        prompts = {GRAPH_ALONE: Prompt.write(processor, messages, graphs, with_smiles=False, **options)}
        if processor.include_smiles and not graph_alone:
            prompts[WITH_SMILES] = Prompt.write(processor, messages, graphs, **options)
        return cls(question, mols, prompts)

    @property
    def prompt(self) -> Prompt:
        """What the model read."""
        return self.prompts.get(WITH_SMILES, self.prompts[GRAPH_ALONE])
