"""Questions about graphs as tensors that the training loop and the measurement read, and the processor for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from llamo.analysis.graphs.questions import NUMBERS, QUESTIONS, WORDS, answers, to_data
from llamo.analysis.graphs.samples import Sample
from llamo.compact.tensors import Ragged, TensorRows, from_examples
from processors import GraphKind, LlamoFeatureExtractor, LlamoProcessor

SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
# Graph, question and answer, and nothing else.
_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message.role == 'user' %}{{ message.content + ' ' }}{% else %}"
    "{% generation %}{{ message.content + eos_token }}{% endgeneration %}{% endif %}{% endfor %}"
)
# Marked first, marked second, or not marked; edges all alike.
KIND = GraphKind(node_vocab_sizes=(3,), motif_width=4)
_ARRAYS = {"node_ids": np.uint8, "edge_index": np.int16, "edge_ids": np.uint8, "motif_features": np.float32}


@dataclass(frozen=True)
class Asked:
    """Questions with what is needed to sort their answers.

    Attributes:
        rows: tensors.
        questions: kind of each row.
        sizes: nodes of the graph of each row.
        truths: the answers.
    """

    rows: TensorRows
    questions: tuple[str, ...]
    sizes: tuple[int, ...]
    truths: tuple[str, ...]

    def without_motifs(self) -> "Asked":
        """The same questions about graphs that have no communities."""
        motifs = self.rows.graphs["motif_features"]
        none = Ragged(motifs.values[:0], np.zeros_like(motifs.starts))
        return replace(self, rows=replace(self.rows, graphs={**self.rows.graphs, "motif_features": none}))

    def most_frequent(self) -> dict[str, str]:
        """The commonest answer to each question."""
        pairs = list(zip(self.questions, self.truths, strict=True))
        return {
            name: Counter(truth for question, truth in pairs if question == name).most_common(1)[0][0]
            for name in dict.fromkeys(self.questions)
        }

    def right_if(self, said: Mapping[str, str]) -> list[int]:
        """1 for each question to which the answer of its kind is right, else 0."""
        return [int(said[name] == truth) for name, truth in zip(self.questions, self.truths, strict=True)]


@cache
def processor() -> LlamoProcessor:
    """A word-level tokenizer of these questions, answers and edge lists, and graphs of this kind."""
    words = [*SPECIAL, *WORDS, *NUMBERS]
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    names = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    extractor = LlamoFeatureExtractor(graph_kind=KIND)
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
    return LlamoProcessor(extractor, made, chat_template=_TEMPLATE)


def encode(samples: Iterable[Sample]) -> Asked:
    """Every question about every graph."""
    made, examples, written, keys = processor(), [], [], []
    questions, sizes, truths = [], [], []
    for number, sample in enumerate(samples):
        graph = made.feature_extractor.featurize(to_data(sample), row=number)
        for name, truth in answers(sample).items():
            messages = made.conversation(graph, QUESTIONS[name], truth, row=number)
            example = made.encode_conversation(messages)
            ids: Sequence[int] = example["input_ids"]
            written.append((ids.index(_first_id()), ids.index(made.graph_token_id)))
            examples.append(example)
            keys.append([str(number)])
            questions.append(name)
            sizes.append(sample.size)
            truths.append(truth)
    rows = from_examples(examples, questions, keys, written, arrays=_ARRAYS)
    return Asked(rows, tuple(questions), tuple(sizes), tuple(truths))


def _first_id() -> int:
    """Id of the word that every graph's text begins with."""
    return processor().tokenizer.convert_tokens_to_ids("marked")
