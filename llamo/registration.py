"""Makes transformers' Auto classes know LLaMo, without importing transformers before somebody else does.

A registration runs as soon as its Auto class is there: nothing else is sure to be imported before a user loads a model.
transformers' modules import each other in circles, though, so it never runs while a module it uses is half imported.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Step:
    """One registration.

    Args:
        register: does it.
        after: the module of the Auto class; nothing happens before it has finished.
        whole: modules that `register` imports and that may be what imported `after`. Each has finished or has not
            begun; our own packages are among them.
    """

    register: Callable[[], None]
    after: str
    whole: tuple[str, ...]

    def is_due(self) -> bool:
        return self.after in _finished and all(name in _finished or name not in sys.modules for name in self.whole)


_steps = [
    _Step(_register_configs, f"{_AUTO}.configuration_auto", ("configuration",)),
    _Step(
        _register_models,
        f"{_AUTO}.modeling_auto",
        (
            "configuration",
            "modeling_llamo",
            "transformers.generation.utils",
            "transformers.modeling_layers",
            "transformers.modeling_utils",
            "transformers.models.blip_2.configuration_blip_2",
            "transformers.models.blip_2.modeling_blip_2",
        ),
    ),
    _Step(_register_feature_extractor, f"{_AUTO}.feature_extraction_auto", ("configuration", "processors")),
    _Step(
        _register_processor,
        f"{_AUTO}.processing_auto",
        ("configuration", "processors", "transformers.processing_utils"),
    ),
]


def _on_import(module: ModuleType):
    _finished.add(module.__name__)
    for step in list(_steps):
        # Registering imports more modules, which comes back here: another call may have taken the step meanwhile.
        if step in _steps and step.is_due():
            _steps.remove(step)
            step.register()


def install():
    """Arranges the registrations; those whose modules are there already happen now."""
    awaited = {name for step in _steps for name in (step.after, *step.whole)}
    # A module that is there already counts at once and may start a registration, which imports those that are not.
    for name in sorted(awaited, key=lambda name: name in sys.modules):
        wrapt.register_post_import_hook(_on_import, name)
