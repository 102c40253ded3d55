"""Memory that runs out, streams that break, checkpoints that are cut: one line, and resuming is exact."""

import json

import pyarrow as pa
import pytest
import torch
from pyarrow import parquet
from safetensors.torch import load_file

from llamo.training import run as run_module
from llamo.training.checkpoints import last_whole
from llamo.training.run import run_recipe
from llamo.training.stopping import TrainingStopped, data_errors, memory_errors
from llamo.training.trainer import LlamoTrainer
from tests.llamo.training.recipes import DATA, one_stage
from tests.llamo.training.test_run import assert_same_weights, weights

# 1,000 rows are shuffled at a time: the first 50 steps come of 1,200 rows.
STREAM = (
    "stages.0.train.0.streaming=true",
    "data.leakage='off'",
    "stages.0.arguments.max_steps=60",
    "stages.0.arguments.eval_steps=60",
    "stages.0.arguments.save_steps=20",
)


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    with one_stage(tmp_path_factory.mktemp("straight") / "run") as recipe:
        return weights(run_recipe(recipe))


def resumed(folder, *more):
    with one_stage(folder, *more) as recipe:
        return weights(run_recipe(recipe, resume=True))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nProcess 1 has .."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_memory_that_runs_out_is_one_line_and_the_checkpoint_stays(error, straight, tmp_path, monkeypatch):
    step = LlamoTrainer.compute_loss

    def short(self, *args, **kwargs):
        if self.state.global_step == 3:
            raise error
        return step(self, *args, **kwargs)

    with one_stage(tmp_path / "run") as recipe, monkeypatch.context() as patch:
        patch.setattr(LlamoTrainer, "compute_loss", short)
        with pytest.raises(TrainingStopped, match=r"out of memory: lower per_device.*checkpoint-2; go on") as told:
            run_recipe(recipe)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "run" / "model").exists()
    assert_same_weights(resumed(tmp_path / "run"), straight)


def test_a_reader_that_was_killed_is_one_line(tmp_path):
    told = "lower dataloader_num_workers; there is no checkpoint yet"
    with pytest.raises(TrainingStopped, match=told), memory_errors(tmp_path):
        raise RuntimeError("DataLoader worker (pid 17) is killed by signal: Killed. ")


def test_a_bad_row_that_another_process_met_is_one_line(tmp_path):
    told = r"^a, row 3: no output; there is no checkpoint yet$"
    with pytest.raises(TrainingStopped, match=told), data_errors([], tmp_path):
        raise ValueError("Caught RowError in DataLoader worker process 0.\nTraceback ..\nRowError: a, row 3: no output")


def test_other_errors_pass_as_they_are(tmp_path):
    for error in (RuntimeError("shapes differ"), ValueError("no"), TrainingStopped("out of memory: once")):
        with pytest.raises(type(error), match=str(error)), memory_errors(tmp_path), data_errors([], tmp_path):
            raise error


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_a_stream_that_breaks_is_named_and_after_its_repair_training_goes_on_exactly(workers, tmp_path, monkeypatch):
    path = tmp_path / "rows.parquet"
    rows = [json.loads(line) for line in DATA.read_text().splitlines()]
    rows = [row for row in rows if row["split"] == "train"]
    rows = [rows[number % len(rows)] for number in range(2000)]
    parquet.write_table(pa.Table.from_pylist(rows), path, row_group_size=100)
    more = [f"stages.0.train.0.path={path}", *STREAM, f"stages.0.arguments.dataloader_num_workers={workers}"]
    with one_stage(tmp_path / "straight", *more) as recipe:
        expected = weights(run_recipe(recipe))
    whole, place = path.read_bytes(), parquet.read_metadata(path).row_group(12).column(0).dictionary_page_offset
    broken = whole[:place] + b"\xff" * 16 + whole[place + 16 :]
    words = run_module.training_texts

    def then_break(*args, **kwargs):
        texts = list(words(*args, **kwargs))
        path.write_bytes(broken)
        return texts

    # The reader looks ahead: it may stop before the row that is broken, even as it opens the file, never behind it.
    with one_stage(tmp_path / "run", *more) as recipe, monkeypatch.context() as patch:
        patch.setattr(run_module, "training_texts", then_break)
        with pytest.raises((TrainingStopped, ValueError), match=r"rows\.parquet: cannot be read") as told:
            run_recipe(recipe)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "run" / "model").exists()
    with one_stage(tmp_path / "other", *more) as recipe, pytest.raises(ValueError, match="cannot be read"):
        run_recipe(recipe)
    path.write_bytes(whole)
    assert_same_weights(resumed(tmp_path / "run", *more), expected)


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"])
def test_a_checkpoint_that_is_cut_is_passed_over_and_the_one_before_gives_the_same_weights(name, straight, tmp_path):
    with one_stage(tmp_path / "run") as recipe:
        run_recipe(recipe)
    stage = tmp_path / "run" / "1-align"
    (stage / "result.json").unlink()
    last = last_whole(stage / "checkpoints")
    assert last is not None and load_file(last / "model.safetensors")
    (last / name).write_bytes((last / name).read_bytes()[:-7])
    assert_same_weights(resumed(tmp_path / "run"), straight)
