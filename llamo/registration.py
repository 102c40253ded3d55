"""Makes transformers' Auto classes know LLaMo, importing neither transformers nor a class of ours before it is needed.

Configs are registered as soon as the module of an Auto class is there; they are cheap. Models, feature extractor and
processor, which cost seconds with what they build on, are registered by name and imported when a LLaMo is first looked
up, so that somebody who loads a tokenizer does not wait for them.
"""

import sys
from collections import UserDict
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any

_FIRST = {"transformers", "configuration"}
_CONFIGS = ("LlamoConfig", "LlamoGraphConfig", "LlamoProjectorConfig")
_MODEL = "modeling_llamo:LlamoForConditionalGeneration"
_ENCODER = "modeling_llamo:LlamoGraphEncoder"
# Module of an Auto class -> its mapping -> config -> class.
_CLASSES: dict[str, dict[str, dict[str, str]]] = {
    "configuration_auto": {},
    "modeling_auto": {
        # AutoModel gives the generating model too: users load "a LLaMo" and then call generate.
        "MODEL_MAPPING": {"LlamoConfig": _MODEL, "LlamoGraphConfig": _ENCODER},
        "MODEL_FOR_CAUSAL_LM_MAPPING": {"LlamoConfig": _MODEL},
        "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING": {"LlamoConfig": _MODEL},
        "MODEL_FOR_MULTIMODAL_LM_MAPPING": {"LlamoConfig": _MODEL},
    },
    "feature_extraction_auto": {
        "FEATURE_EXTRACTOR_MAPPING": {"LlamoConfig": "processors.feature_extraction:LlamoFeatureExtractor"},
    },
    "processing_auto": {"PROCESSOR_MAPPING": {"LlamoConfig": "processors.processing:LlamoProcessor"}},
}


class _NamedClasses(UserDict[Any, Any]):
    """Registered classes by config; one that is given by name, `module:class`, is imported when it is asked for."""

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, str):
            module, _, name = value.partition(":")
            self.data[key] = value = getattr(import_module(module), name)
        return value


def _register(module: ModuleType):
    """Enters what belongs into the mappings of one module of Auto classes."""
    configs = import_module("configuration")
    name = module.__name__.rpartition(".")[2]
    if name == "configuration_auto":
        for config in (getattr(configs, config_name) for config_name in _CONFIGS):
            module.AutoConfig.register(config.model_type, config, exist_ok=True)
    for mapping_name, classes in _CLASSES[name].items():
        mapping = getattr(module, mapping_name)
        # What `register` writes to, and all lookups read from; transformers has no public place for a class by name.
        mapping._extra_content = _NamedClasses(mapping._extra_content)
        for config_name, class_name in classes.items():
            mapping.register(getattr(configs, config_name), class_name, exist_ok=True)


_waiting: list[ModuleType] = []
_finished: set[str] = set()


def _on_import(module: ModuleType):
    """Registers with each module that is there, except while our configs, which all of it needs, are half imported."""
    _finished.add(module.__name__)
    if module.__name__ != "configuration":
        _waiting.append(module)
    if "configuration" in _finished or "configuration" not in sys.modules:
        while (first := _take()) is not None:
            _register(first)


def _take() -> ModuleType | None:
    """A module that waits, which then waits no longer: registering, or another thread, may come back here meanwhile."""
    try:
        return _waiting.pop()
    except IndexError:
        return None


def _watch():
    import wrapt  # costs more than all of `import llamo`

    for name in (*(f"transformers.models.auto.{name}" for name in _CLASSES), "configuration"):
        wrapt.register_post_import_hook(_on_import, name)


class _FirstImport:
    """Begins to watch when transformers or our configs are about to be imported.

    It stays where it is afterwards: to take it out while the import system walks the list would hide its successor.
    """

    def __init__(self):
        self.waits = True
        self.lock = Lock()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if not self.waits or name not in _FIRST:
            return None
        with self.lock:  # a second thread waits for the first, so that it too meets wrapt's finder
            if self.waits:
                _watch()
                self.waits = False
        return find_spec(name)  # asks all finders anew: wrapt's stands in front now


def install():
    """Arranges the registrations; those whose modules are there already happen now."""
    if _FIRST & set(sys.modules):
        _watch()
    else:
        sys.meta_path.insert(0, _FirstImport())
