"""Numbers in recipes."""

import pytest

from llamo.training.yaml_text import read_yaml


@pytest.mark.parametrize("text", ["2e-4", "2.0e-4", "0.0002", "2E-4", "+2e-4"])
def test_a_small_number_is_a_number_however_it_is_written(text):
    assert read_yaml(f"rate: {text}") == {"rate": 2e-4}


@pytest.mark.parametrize("text", ["1e", "e5", "2e-4x", "0x1f", "mine/2e-4", '"2e-4"'])
def test_what_only_looks_like_one_stays_what_yaml_says(text):
    import yaml

    assert read_yaml(f"a: {text}") == yaml.safe_load(f"a: {text}")


def test_nothing_but_plain_values_is_made():
    import yaml

    with pytest.raises(yaml.YAMLError):
        read_yaml("!!python/object/apply:os.system ['true']")
