"""Keys, models and what is missing, before anything is served."""

import sys

import pytest

from llamo.serving.command import load, read_key, serve
from llamo.serving.limits import Limits


def test_a_key_comes_from_a_variable_or_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("MY_KEY", "abc")
    (tmp_path / "key").write_text("def\n")
    assert (read_key("MY_KEY", None), read_key(None, tmp_path / "key"), read_key(None, None)) == ("abc", "def", None)


def test_a_key_that_is_not_there_is_no_open_door(monkeypatch, tmp_path):
    monkeypatch.delenv("MY_KEY", raising=False)
    (tmp_path / "key").write_text("\n")
    for variable, file in (("MY_KEY", None), (None, tmp_path / "key"), ("MY_KEY", tmp_path / "key")):
        with pytest.raises(ValueError, match=r"holds no API key|named twice"):
            read_key(variable, file)


@pytest.mark.parametrize("package", ["fastapi", "uvicorn"])
def test_a_package_that_is_missing_is_named_with_its_remedy(monkeypatch, package):
    for name in [name for name in sys.modules if name.startswith("llamo.serving.") and not name.endswith("command")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ValueError, match=r"pip install 'llamo\[serve\]'"):
        serve()


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="there is no dtype 'int3' to load a model in"):
        load(None, device="cpu", dtype="int3", name=None, limits=Limits())
