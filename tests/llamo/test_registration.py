"""Auto classes know LLaMo in every order of imports, and importing is cheap."""

import subprocess
import sys

import pytest

from tests.paths import REPOSITORY

QUESTION = """
from transformers import AutoModel, AutoModelForCausalLM
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING
from llamo import LlamoConfig, LlamoForConditionalGeneration, LlamoProcessor
assert AutoModel._model_mapping[LlamoConfig] is LlamoForConditionalGeneration
assert AutoModelForCausalLM._model_mapping[LlamoConfig] is LlamoForConditionalGeneration
assert PROCESSOR_MAPPING[LlamoConfig] is LlamoProcessor
"""


def run(code: str):
    result = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "first",
    [
        "import llamo",
        "from transformers import AutoModel; import llamo",
        "from llamo import LlamoProcessor",
        "import modeling_llamo; import llamo",
    ],
)
def test_auto_classes_know_llamo(first):
    run(first + QUESTION)


def test_importing_loads_nothing_heavy():
    run("import sys, llamo, llamo.cli; assert not {'torch', 'transformers', 'rdkit', 'peft'} & set(sys.modules)")
