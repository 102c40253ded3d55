"""transformers' own common model tests, run against LLaMo."""

import inspect
import unittest

import torch

from configuration import LlamoConfig
from modeling_llamo import LlamoForConditionalGeneration, LlamoModel
from tests.modeling_llamo.transformers_suite import load_model_tester_mixin
from tests.tiny import prompt_rows, random_graphs, tiny_config

ModelTesterMixin = load_model_tester_mixin()
# The suite must not be collected by itself here.
for _name in [
    name for name, value in list(globals().items()) if inspect.isclass(value) and name.endswith("TesterMixin")
]:
    globals()[_name].__test__ = False


class LlamoTester:
    """Gives the suite a small config and inputs for it: two rows, one molecule each."""

    is_training = True
    batch_size = 2
    num_hidden_layers = 2
    num_attention_heads = 4
    hidden_size = 32

    def __init__(self, parent: unittest.TestCase):
        self.parent = parent
        config = self.get_config()
        self.seq_length = config.num_graph_tokens + 5

    def get_config(self) -> LlamoConfig:
        """The suite shrinks the vocabulary, so `<graph>` has a small id here."""
        config = tiny_config()
        config.graph_token_id = 98 if self.text_only else 3
        return config

    text_only = False

    def prepare_config_and_inputs_for_common(self):
        """Config and inputs; molecules are as many as rows."""
        config, sizes = self.get_config(), [6, 6]
        if self.text_only:
            return config, prompt_rows(config, [[], []], sizes)
        return config, prompt_rows(config, [[0], [1]], sizes) | random_graphs(sizes)


class TestConventions(ModelTesterMixin, unittest.TestCase):
    """All tests of the suite that concern a decoder with another modality."""

    __test__ = True
    all_model_classes = (LlamoModel, LlamoForConditionalGeneration)
    _is_composite = True
    test_torch_exportable = False
    test_mismatched_shapes = False

    # Asks for the generation mixin, which the source distribution leaves out.
    test_generation_tester_mixin_inheritance = None

    def setUp(self):
        self.model_tester = LlamoTester(self)
        torch.manual_seed(0)
        if self._testMethodName.startswith("test_training"):
            self.all_model_classes = (LlamoForConditionalGeneration,)  # the suite knows headless classes by a list
        # This test passes ids without graphs, which LLaMo refuses where the ids hold placeholders.
        self.model_tester.text_only = self._testMethodName.startswith("test_eager_matches_sdpa_inference")

    def _prepare_for_class(self, inputs_dict, model_class, return_labels=False):
        inputs = super()._prepare_for_class(inputs_dict, model_class, return_labels=return_labels)
        if return_labels and model_class is LlamoForConditionalGeneration:
            inputs["labels"] = inputs["input_ids"].masked_fill(inputs["input_ids"] == 3, -100)
        return inputs
