"""Words for devices and precisions."""

import pytest
import torch

from llamo.loading import choose_device, loading_options


def test_a_cpu_computes_in_float32_and_a_gpu_as_the_model_was_saved():
    assert loading_options("cpu") == {"dtype": "float32"} and loading_options("cuda:1") == {"dtype": "auto"}


def test_what_is_asked_for_is_taken():
    assert loading_options("cpu", dtype="bfloat16") == {"dtype": "bfloat16"}


def test_four_bits_go_to_the_device():
    pytest.importorskip("bitsandbytes")
    assert loading_options("cuda:1", load_in_4bit=True)["device_map"] == {"": "cuda:1"}


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_told():
    assert choose_device(None) == "cpu"
    with pytest.raises(ValueError, match="torch finds no GPU here; pass --device cpu"):
        choose_device("cuda")
