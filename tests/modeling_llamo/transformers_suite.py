"""Loads transformers' own model tests from its source distribution, unpacked by `make conventions`."""

import importlib.util
import sys
import types
from pathlib import Path

import pytest
import transformers

SUITE = (
    Path(__file__).parents[2] / ".cache" / "transformers-suite" / f"transformers-{transformers.__version__}" / "tests"
)
_PACKAGE = "transformers_suite"


def load_model_tester_mixin() -> type:
    """`ModelTesterMixin` of the installed version.

    The source distribution leaves out the exporter and generation mixins that its file imports; empty classes stand in
    for them (generation is tested in test_generation.py).
    """
    source = SUITE / "test_modeling_common.py"
    if not source.is_file():
        pytest.skip(f"{source} is absent: run `make conventions`, which needs a package index", allow_module_level=True)
    for name, exported in (
        ("exporters.test_export", "ExportTesterMixin"),
        ("generation.test_utils", "GenerationTesterMixin"),
    ):
        parent, module_name = name.split(".")
        sys.modules.setdefault(f"{_PACKAGE}.{parent}", types.ModuleType(f"{_PACKAGE}.{parent}"))
        module = types.ModuleType(f"{_PACKAGE}.{parent}.{module_name}")
        setattr(module, exported, type(exported, (), {}))
        sys.modules[f"{_PACKAGE}.{parent}.{module_name}"] = module
    package = types.ModuleType(_PACKAGE)
    package.__path__ = [str(SUITE)]
    sys.modules.setdefault(_PACKAGE, package)
    spec = importlib.util.spec_from_file_location(f"{_PACKAGE}.test_modeling_common", source)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.ModelTesterMixin
