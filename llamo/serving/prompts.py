"""From the messages of a request to a prompt: molecules are read, captions retrieved, the chat template applied."""

import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import torch
from jinja2 import TemplateError

from llamo.molecule_files.naming import well_known
from llamo.serving.bodies import ChatBody, Message, MoleculePart, TalkBody
from llamo.serving.errors import RequestError
from llamo.serving.limits import Limits
from processors import LlamoProcessor, MoleculeError, MoleculeGraph

_MARKED = re.compile(r"<mol>(.*?)</mol>", re.DOTALL)
_MARK = re.compile(r"</?mol>")


@dataclass(frozen=True)
class Prompt:
    """What the model reads.

    Attributes:
        ids: T token ids.
        graphs: packed graph tensors of its molecules (see `LlamoFeatureExtractor.pack`); empty without molecules.
    """

    ids: list[int]
    graphs: dict[str, torch.Tensor]


class PromptBuilder:
    """Makes prompts; for one thread at a time (RDKit's log and the tokenizer are shared).

    Args:
        processor: of the model; its `max_atoms` becomes the server's.
        limits: of the server.
        context: tokens that fit the model; None where it has no limit.
    """

    def __init__(self, processor: LlamoProcessor, limits: Limits, context: int | None):
        self.processor, self.limits = processor, limits
        self.longest = min(filter(None, (limits.prompt_tokens, context and context - 1)), default=None)
        features = processor.feature_extractor
        features.max_atoms = min(filter(None, (limits.max_atoms, features.max_atoms)))
        self._read: Callable[[str], MoleculeGraph] = features.featurize

    def reading(self, read: Callable[[str], MoleculeGraph]) -> "PromptBuilder":
        """The same, with another function that reads SMILES."""
        other = copy(self)
        other._read = read
        return other

    def build(self, body: ChatBody) -> Prompt:
        """The prompt of a request.

        Raises:
            RequestError: a molecule cannot be read, there are no captions to retrieve, or it is too long.
        """
        messages = self.messages(body)
        try:
            encoded = self.processor.apply_chat_template(
                [messages],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
                sanitize_control_tokens=True,  # what a user types is text, also where it reads like a special token
                processor_kwargs={},
            )
        except (TemplateError, ValueError) as error:
            raise RequestError(f"messages: {one_line(error)}", param="messages") from error
        ids = encoded["input_ids"][0].tolist()
        self.check_length(ids)
        return Prompt(ids, {name: value for name, value in encoded.items() if name.startswith("graph_")})

    def check_length(self, ids: Sequence[int]):
        """Refuses a prompt that is too long.

        Raises:
            RequestError: it is.
        """
        if self.longest is not None and len(ids) > self.longest:
            raise RequestError(
                f"messages: the prompt has {len(ids)} tokens, at most {self.longest} are allowed; shorten it",
                param="messages",
                code="context_length_exceeded",
            )

    def messages(self, body: TalkBody) -> list[dict[str, Any]]:
        """The messages of a request as the processor takes them: molecules read, captions and system message added.

        Raises:
            RequestError: a molecule cannot be read, or there are no captions to retrieve.
        """
        retrieve = self.processor.retrieve if body.retrieve is None else body.retrieve
        if retrieve and self.processor.captions is None:
            raise RequestError("retrieve: this model has no caption index; leave it out", param="retrieve")
        self._check_count(body)
        messages = [self._message(one, place, retrieve) for place, one in enumerate(body.messages)]
        system = self.processor.system_message
        if system is not None and messages[0]["role"] != "system":
            messages.insert(0, {"role": "system", "content": system})
        return messages

    def _check_count(self, body: TalkBody):
        """Refuses more molecules than a prompt can have, before they are read."""
        counts = (
            message.content.count("<mol>")
            if isinstance(message.content, str)
            else sum(1 if isinstance(part, MoleculePart) else part.text.count("<mol>") for part in message.content)
            for message in body.messages
            if message.role == "user"
        )
        count, most = sum(counts), self.limits.molecules
        if self.longest is not None:
            most = min(most, self.longest // (self.processor.num_graph_tokens or 1))
        if count > most:
            raise RequestError(
                f"messages: got {count} molecules, expected at most {most}; ask about fewer",
                param="messages",
                code="too_many_molecules",
            )

    def molecule(self, smiles: str, place: str) -> MoleculeGraph:
        """The graph of a molecule.

        Raises:
            RequestError: it cannot be read; names the place.
        """
        try:
            return self._read(smiles)
        except MoleculeError as error:
            known = well_known(smiles)
            hint = f"; {smiles.strip()} is the name of {known}, send that" if known else ""
            raise RequestError(f"{place}: {one_line(error)}{hint}", param=place, code="bad_molecule") from error

    def _message(self, message: Message, number: int, retrieve: int) -> dict[str, Any]:
        role = "system" if message.role == "developer" else message.role
        place = f"messages[{number}].content"
        if role != "user":
            return {"role": role, "content": _plain(message, place)}
        pieces = self._pieces(message, place)
        molecules = [piece for piece in pieces if isinstance(piece, MoleculeGraph)]
        if retrieve and len(molecules) == 1:
            pieces = self._with_captions(pieces, molecules[0], retrieve)
        return {"role": role, "content": [_part(piece) for piece in pieces]}

    def _pieces(self, message: Message, place: str) -> list[str | MoleculeGraph]:
        pieces: list[str | MoleculeGraph] = []
        if isinstance(message.content, str):
            return self._marked(message.content, place)
        for number, part in enumerate(message.content):
            if isinstance(part, MoleculePart):
                pieces.append(self.molecule(part.smiles, f"{place}[{number}].smiles"))
            else:
                pieces += self._marked(part.text, f"{place}[{number}].text")
        return pieces

    def _marked(self, text: str, place: str) -> list[str | MoleculeGraph]:
        """Text in which `<mol>SMILES</mol>` stands for molecules."""
        pieces: list[str | MoleculeGraph] = []
        for number, piece in enumerate(_MARKED.split(text)):
            if number % 2:
                pieces.append(self.molecule(piece.strip(), place))
            elif mark := _MARK.search(piece):
                raise RequestError(f"{place}: {mark[0]} without its partner; write <mol>CCO</mol>", param=place)
            elif piece:
                pieces.append(piece)
        return pieces

    def _with_captions(
        self, pieces: Sequence[str | MoleculeGraph], molecule: MoleculeGraph, count: int
    ) -> list[str | MoleculeGraph]:
        """As the processor does it with a prompt: captions stand in front of the message's first text."""
        first = next((place for place, piece in enumerate(pieces) if isinstance(piece, str)), len(pieces))
        text = "".join(str(piece) for piece in pieces[first : first + 1])
        return [*pieces[:first], self.processor.with_captions(text, [molecule], count), *pieces[first + 1 :]]


def _plain(message: Message, place: str) -> str:
    if isinstance(message.content, str):
        return message.content
    if any(isinstance(part, MoleculePart) for part in message.content):
        raise RequestError(f"{place}: only the user's messages can have molecules; move it there", param=place)
    return "".join(part.text for part in message.content if not isinstance(part, MoleculePart))


def _part(piece: str | MoleculeGraph) -> dict[str, Any]:
    return {"type": "text", "text": piece} if isinstance(piece, str) else {"type": "molecule", "molecule": piece}


def one_line(error: Exception) -> str:
    """What an error says of the one row of a request."""
    return " ".join(str(error).removeprefix("row 0: ").split())
