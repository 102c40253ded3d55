"""Cache keys say what a result depends on, in every process alike."""

import subprocess
import sys

from llamo.data.cache import key_of, processor_key
from processors import LlamoProcessor
from tests.paths import REPOSITORY
from tests.text import byte_tokenizer

PRINT_KEY = """
from llamo.data.cache import processor_key
from processors import LlamoProcessor
from tests.text import byte_tokenizer
print(processor_key(LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=3)))
"""


def test_calls_do_not_change_the_key_of_a_processor(processor):
    before = processor_key(processor)
    processor(["C", "CCO"], ["What?", "Why is it so?"], max_length=60)
    processor.tokenizer(["a", "bcd"], padding="max_length", max_length=9, truncation=True)
    assert processor_key(processor) == before


def test_another_process_finds_the_same_key(processor):
    command = [sys.executable, "-c", PRINT_KEY]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout.split()[-1] == processor_key(processor)


def test_every_option_of_a_processor_is_in_its_key(processor):
    keys = {processor_key(processor)}
    for options in ({"include_smiles": False}, {"keep_stereo": False}, {"chat_template": "{{ messages }}"}):
        keys.add(processor_key(LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=3, **options)))
    processor.feature_extractor.max_atoms = 5
    keys.add(processor_key(processor))
    assert len(keys) == 5


def test_keys_depend_on_values_and_not_on_the_order_of_names():
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1}) != key_of({"a": 2, "b": 1})
