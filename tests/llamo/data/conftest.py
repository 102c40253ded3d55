"""Data sets are cached in a folder of the test run; one processor serves all tests."""

import datasets
import pytest
from datasets import config

from processors import LlamoProcessor
from tests.text import byte_tokenizer


@pytest.fixture(scope="session", autouse=True)
def dataset_cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("datasets")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HF_DATASETS_CACHE", "DOWNLOADED_DATASETS_PATH", "EXTRACTED_DATASETS_PATH"):
            patch.setattr(config, name, folder / name.lower())
        datasets.disable_progress_bars()
        yield folder
        datasets.enable_progress_bars()


@pytest.fixture
def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=3)


@pytest.fixture
def calls(monkeypatch) -> list:
    """The conversations that any processor encodes in this process."""
    seen, encode = [], LlamoProcessor.encode_conversation

    def record(self, messages, **options):
        seen.append(messages)
        return encode(self, messages, **options)

    monkeypatch.setattr(LlamoProcessor, "encode_conversation", record)
    return seen
