"""Auto classes know LLaMo in every order of imports, and importing is cheap."""

import subprocess
import sys

import pytest

from tests.paths import REPOSITORY
from tests.text import model_and_processor

HEAVY = {"torch", "transformers", "transformers.trainer", "torch_geometric", "rdkit", "peft", "datasets"}

# Asks as a user's program does: through a config that transformers made. Importing one of our model classes here would
# import the rest of transformers with it and hide a registration that came too late.
TINY = """
from transformers import AutoConfig
text = {"model_type": "llama", "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": 20}
config = AutoConfig.for_model("llamo", text_config=text, graph_token_id=19,
                              graph_config={"hidden_size": 8, "num_hidden_layers": 1},
                              projector_config={"hidden_size": 8, "mlp_depth": 1, "num_query_tokens": 1})
"""
MODELS = f"""
{TINY}
import transformers
for name in ("AutoModel", "AutoModelForCausalLM", "AutoModelForImageTextToText", "AutoModelForMultimodalLM"):
    model = getattr(transformers, name).from_config(config)
    assert type(model).__name__ == "LlamoForConditionalGeneration", (name, type(model))
graph_encoder = transformers.AutoModel.from_config(config.graph_config)
assert type(graph_encoder).__name__ == "LlamoGraphEncoder", type(graph_encoder)
"""
PROCESSORS = f"""
{TINY}
from transformers.models.auto.feature_extraction_auto import FEATURE_EXTRACTOR_MAPPING
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING
assert PROCESSOR_MAPPING[type(config)].__name__ == "LlamoProcessor"
assert FEATURE_EXTRACTOR_MAPPING[type(config)].__name__ == "LlamoFeatureExtractor"
"""
ORDERS = [
    "import llamo",
    "import llamo; from transformers import AutoModel",
    "import llamo; from transformers import AutoTokenizer",
    "import llamo; from transformers import AutoProcessor",
    "from transformers import AutoModel; import llamo",
    "import transformers; import llamo",
    "from transformers import pipeline; import llamo",
    "import llamo; from transformers import pipeline",
    "from llamo import LlamoConfig",
    "from llamo import LlamoProcessor",
    "from llamo import LlamoForConditionalGeneration",
    "import modeling_llamo; import llamo",
    "import configuration; import llamo",
    "import llamo; import configuration",
    "import llamo; import processors",
    # Modules of transformers that import the Auto classes half-way through.
    "import llamo; import transformers.modeling_layers",
    "import llamo; import transformers.models.blip_2.modeling_blip_2",
    "import llamo; from transformers import LlamaForCausalLM, Trainer",
]


def run(code: str):
    result = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("first", ORDERS)
def test_auto_classes_know_llamo(first):
    run(first + MODELS + PROCESSORS)


@pytest.fixture(scope="module")
def llamo_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llamo")
    for part in model_and_processor():
        part.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    "order", ["import llamo; from transformers import {}", "from transformers import {}; import llamo"]
)
@pytest.mark.parametrize(
    ("auto", "found"),
    [
        ("AutoConfig", "LlamoConfig"),
        ("AutoModel", "LlamoForConditionalGeneration"),
        ("AutoFeatureExtractor", "LlamoFeatureExtractor"),
        ("AutoProcessor", "LlamoProcessor"),
    ],
)
def test_a_saved_llamo_is_found_as_the_first_thing(llamo_folder, order, auto, found):
    run(f"{order.format(auto)}; assert type({auto}.from_pretrained({str(llamo_folder)!r})).__name__ == {found!r}")


def test_threads_may_import_at_the_same_time():
    # Of transformers itself they may not: it puts another module in its own place at the end of its import.
    run(
        """
import sys, threading
import llamo, transformers
sys.setswitchinterval(1e-6)
errors = []
def guarded(code):
    try:
        exec(code)
    except BaseException as error:
        errors.append(error)
codes = ["from transformers import AutoModel", "from llamo import LlamoProcessor", "import configuration"] * 2
threads = [threading.Thread(target=guarded, args=[code]) for code in codes]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not errors, errors
"""
        + MODELS
        + PROCESSORS
    )


def test_processor_is_known_before_any_model():
    run("import llamo" + PROCESSORS)


def test_the_encoder_alone_is_known_before_the_whole_model():
    run("""
import llamo
from transformers import AutoConfig, AutoModel
config = AutoConfig.for_model("llamo_graph", hidden_size=8, num_hidden_layers=1)
assert type(AutoModel.from_config(config)).__name__ == "LlamoGraphEncoder"
""")


def test_whoever_lists_a_mapping_finds_classes_not_names():
    run("""
import copy, pickle
import llamo
from transformers import MODEL_FOR_MULTIMODAL_LM_MAPPING as mapping
from llamo import LlamoConfig, LlamoForConditionalGeneration
for registered in (mapping, pickle.loads(pickle.dumps(mapping)), copy.deepcopy(mapping)):
    entries = registered._extra_content
    assert list(entries.values()) == [LlamoForConditionalGeneration]
    assert list(entries.items()) == [(LlamoConfig, LlamoForConditionalGeneration)]
    assert dict(entries) == {LlamoConfig: LlamoForConditionalGeneration}
    assert registered[LlamoConfig] is registered.get(LlamoConfig, None) is LlamoForConditionalGeneration
    assert LlamoConfig in registered
""")


def test_a_feature_extractor_is_found_by_its_name():
    run("""
import llamo
from transformers.models.auto.feature_extraction_auto import feature_extractor_class_from_name
from llamo import LlamoFeatureExtractor
assert feature_extractor_class_from_name("LlamoFeatureExtractor") is LlamoFeatureExtractor
""")


def test_what_others_registered_before_and_after_stays():
    run("""
from transformers import AutoModel, LlamaConfig, LlamaModel
class First(LlamaConfig): model_type = "first"
class Second(LlamaConfig): model_type = "second"
class FirstModel(LlamaModel): config_class = First
class SecondModel(LlamaModel): config_class = Second
AutoModel.register(First, FirstModel)
import llamo
AutoModel.register(Second, SecondModel)
assert AutoModel._model_mapping[First] is FirstModel
assert AutoModel._model_mapping[Second] is SecondModel
""")


@pytest.mark.parametrize(
    "auto", ["AutoConfig", "AutoTokenizer", "AutoModel", "AutoModelForCausalLM", "AutoFeatureExtractor"]
)
def test_an_auto_class_loads_no_more_of_transformers_than_without_llamo(auto):
    run(f"""
import sys
import llamo
from transformers import {auto}
ours = {{"modeling_llamo", "processors"}}
theirs = {{"transformers.modeling_utils", "transformers.generation.utils", "transformers.processing_utils"}}
assert not (ours | theirs) & set(sys.modules)
""")


@pytest.mark.parametrize("first", ["import llamo", "import llamo.cli", "from llamo.cli import main"])
def test_importing_loads_nothing_heavy(first):
    run(f"import sys; {first}; assert not {HEAVY} & set(sys.modules)")
