"""Makes transformers' Auto classes know LLaMo, without importing transformers before somebody else does.

transformers' modules import each other in circles, so each registration waits until every module it needs has finished.
"""

import sys
from collections.abc import Callable
from types import ModuleType

import wrapt

_AUTO = "transformers.models.auto"
_finished: set[str] = set()


def _register_configs():
    from transformers import AutoConfig

    from configuration import LlamoConfig, LlamoGraphConfig, LlamoProjectorConfig

    for config in (LlamoConfig, LlamoGraphConfig, LlamoProjectorConfig):
        AutoConfig.register(config.model_type, config, exist_ok=True)


def _register_models():
    from transformers import AutoModel, AutoModelForCausalLM, AutoModelForImageTextToText, AutoModelForMultimodalLM

    from configuration import LlamoConfig, LlamoGraphConfig
    from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder

    AutoModel.register(LlamoGraphConfig, LlamoGraphEncoder, exist_ok=True)
    # AutoModel gives the generating model too: users load "a LLaMo" and then call generate.
    for auto in (AutoModel, AutoModelForCausalLM, AutoModelForImageTextToText, AutoModelForMultimodalLM):
        auto.register(LlamoConfig, LlamoForConditionalGeneration, exist_ok=True)


def _register_feature_extractor():
    from transformers import AutoFeatureExtractor

    from configuration import LlamoConfig
    from processors.feature_extraction import LlamoFeatureExtractor

    AutoFeatureExtractor.register(LlamoConfig, LlamoFeatureExtractor, exist_ok=True)


def _register_processor():
    from transformers import AutoProcessor

    from configuration import LlamoConfig
    from processors.processing import LlamoProcessor

    AutoProcessor.register(LlamoConfig, LlamoProcessor, exist_ok=True)


# What must have been imported before a registration can run, and which of our packages it takes its classes from.
_STEPS: list[tuple[Callable[[], None], set[str], str]] = [
    (_register_configs, {f"{_AUTO}.configuration_auto"}, "configuration"),
    (
        _register_models,
        {f"{_AUTO}.modeling_auto", "transformers.modeling_utils", "transformers.generation.utils"},
        "modeling_llamo",
    ),
    (_register_feature_extractor, {f"{_AUTO}.feature_extraction_auto", f"{_AUTO}.configuration_auto"}, "processors"),
    (
        _register_processor,
        {f"{_AUTO}.processing_auto", f"{_AUTO}.configuration_auto", "transformers.processing_utils"},
        "processors",
    ),
]


def _on_import(module: ModuleType):
    _finished.add(module.__name__)
    for step in list(_STEPS):
        register, needed, ours = step
        # Our package may be what imported transformers: then it is half-way itself, and comes by here when it is done.
        half_way = ours in sys.modules and ours not in _finished
        if step in _STEPS and needed <= _finished and not half_way:
            _STEPS.remove(step)
            register()


def install():
    """Arranges the registrations; those whose modules are there already happen now."""
    ours = {step[2] for step in _STEPS}
    needed = {name for step in _STEPS for name in step[1]}
    for name in [*sorted(ours), *sorted(needed)]:
        wrapt.register_post_import_hook(_on_import, name)
