"""A tokenizer of bytes and the processor and model around it, for tests that need text."""

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoProcessor
from tests.tiny import TEXT_CONFIG, tiny_config, tiny_model

SPECIAL = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3}


def byte_tokenizer(**options) -> PreTrainedTokenizerFast:
    """One token per byte, four special tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = SPECIAL | {letter: number for number, letter in enumerate(alphabet, start=len(SPECIAL))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", **options}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def model_and_processor(*, seed: int = 0, **projector) -> tuple[LlamoForConditionalGeneration, LlamoProcessor]:
    """A random model and the processor that feeds it."""
    config = tiny_config(text={**TEXT_CONFIG, "vocab_size": 261}, **projector)
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), config)
    config.graph_token_id = processor.graph_token_id
    return tiny_model(config, seed=seed), processor
