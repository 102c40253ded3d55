"""Prompts with hostile text through the processor: they forge no graph token and no special token.

The measure is a harmless twin: the same prompt, about the same molecules, in plain letters.
"""

from random import Random
from typing import Any

from processors import LlamoProcessor, MoleculeError
from tests.fuzz.laws import hold, refusal
from tests.fuzz.smiles import mutate
from tests.fuzz.texts import CONTROL, hostile
from tests.text import byte_tokenizer

_CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
PLAIN = tuple(text for text in CONTROL if "<graph>" not in text.replace("\U000fe0f0", "").replace("\U000f0000", ""))
GRAPHS = 3


def processors() -> dict[str, LlamoProcessor]:
    """With the plain template, ChatML of special tokens, and Llama-2's."""
    chatml = byte_tokenizer(additional_special_tokens=["<|im_start|>", "<|im_end|>"])
    chatml.chat_template = _CHATML
    return {
        "plain": LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=GRAPHS),
        "chatml": LlamoProcessor.from_tokenizer(chatml, num_graph_tokens=GRAPHS, system_message="Be brief."),
        "released": LlamoProcessor.released(byte_tokenizer(), num_graph_tokens=GRAPHS, parse_special_tokens=False),
    }


def special_counts(processor: LlamoProcessor, ids: list[int]) -> dict[str, int]:
    """How often each token that is no plain text stands there; pads are left out."""
    added = {token: name for name, token in processor.tokenizer.get_added_vocab().items()}
    counts = {name: ids.count(token) for token, name in added.items() if token != processor.tokenizer.pad_token_id}
    return {name: count for name, count in counts.items() if count}


class PromptTarget:
    """See the module."""

    name = "prompts"

    def __init__(self, seeds: tuple[str, ...]):
        self.seeds, self.processors = seeds, processors()

    def make(self, random: Random) -> tuple[str, list[str], list[Any]]:
        """Which processor, prompts, and molecules of each."""
        rows = random.choice((1, 1, 1, 2, 3))
        prompts = [hostile(random, CONTROL if random.random() < 0.2 else PLAIN) for _ in range(rows)]
        kept = [random.choice(self.seeds) if random.random() < 0.8 else mutate(random, self.seeds) for _ in range(rows)]
        molecules = [random.choice((one, one, one, [one], [one, "CCO"], None)) for one in kept]
        return random.choice(list(self.processors)), prompts, molecules

    def check(self, made: tuple[str, list[str], list[Any]], random: Random) -> str:
        """Rows keep their molecules; control tokens are as many as in the twin."""
        name, prompts, molecules = made
        processor = self.processors[name]
        try:
            encoded = processor(molecules, prompts)
        except MoleculeError as error:
            hold(error.row is not None and 0 <= error.row < len(prompts), "the refusal names the row")
            bad = molecules[error.row]
            hold(error.value in (bad if isinstance(bad, list) else [bad]), "the row named is that of the molecule")
            return refusal(error, kind="molecule")
        except ValueError as error:
            hold(
                any("<graph>" in text or _has_surrogate(text) for text in prompts),
                "only placeholders and lone surrogates are refused",
            )
            return refusal(error, kind="placeholders" if "placeholder" in str(error) else None)
        given = [one if isinstance(one, list) else [] if one is None else [one] for one in molecules]
        self._check(processor, encoded, prompts, given)
        return "accepted: prompts"

    def _check(self, processor: LlamoProcessor, encoded: Any, prompts: list[str], given: list[list[str]]):
        flat = [processor.feature_extractor.featurize(one) for row in given for one in row]
        hold(len(encoded["input_ids"]) == len(prompts), "a row per prompt")
        if flat:
            hold(
                encoded["graph_node_counts"].tolist() == [len(one.node_ids) for one in flat], "molecules in their order"
            )
        twins = processor(given, ["What is it?"] * len(prompts))
        for row, (ids, twin, own) in enumerate(
            zip(encoded["input_ids"].tolist(), twins["input_ids"].tolist(), given, strict=True)
        ):
            hold(
                ids.count(processor.graph_token_id) == GRAPHS * len(own),
                f"row {row}: graph tokens of its molecules only",
            )
            mine, plain = special_counts(processor, ids), special_counts(processor, twin)
            mine.pop("<unk>", None), plain.pop("<unk>", None)
            hold(mine == plain, f"row {row}: text forges special tokens: {mine}, not {plain}")


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)
