"""HuggingFace's Trainer takes what `mix` returns, in each of the three ways to encode."""

import math

import pytest
from datasets import Dataset
from transformers import Trainer, TrainingArguments

from llamo.data import DataSource, encode_source, mix
from processors import LlamoDataCollator
from tests.llamo.data.files import row
from tests.text import model_and_processor


@pytest.mark.parametrize(("streaming", "on_the_fly"), [(False, False), (False, True), (True, False)])
def test_training_runs(tmp_path, streaming, on_the_fly):
    model, processor = model_and_processor()
    Dataset.from_list([row("C" * size) for size in range(1, 9)] + [row("C1")]).save_to_disk(tmp_path / "alkanes")
    Dataset.from_list([row(None), row("CCN"), row("", "x")]).save_to_disk(tmp_path / "others")
    sources = [DataSource(str(tmp_path / name), streaming=streaming) for name in ("alkanes", "others")]
    mixed = mix([encode_source(source, processor, on_the_fly=on_the_fly) for source in sources])
    arguments = TrainingArguments(
        str(tmp_path / "run"),
        max_steps=3,
        per_device_train_batch_size=2,
        remove_unused_columns=False,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        # Else accelerate cuts the batches of a stream to length along dim 0, and with them the packed graphs.
        accelerator_config={"dispatch_batches": False},
    )
    trainer = Trainer(model, arguments, train_dataset=mixed, data_collator=LlamoDataCollator(processor))
    assert math.isfinite(trainer.train().training_loss)
