"""Only whole checkpoints count."""

import json

import torch
from safetensors.torch import save_file

from llamo.training.checkpoints import is_whole, last_whole, steps_of


def make(folder, step: int, state: str | None):
    path = folder / f"checkpoint-{step}"
    path.mkdir()
    if state is not None:
        (path / "trainer_state.json").write_text(state)
    return path


def test_the_last_whole_checkpoint_is_found_by_number(tmp_path):
    for step in (2, 10, 9):
        make(tmp_path, step, json.dumps({"global_step": step}))
    (tmp_path / "checkpoint-x").mkdir()
    assert list(steps_of(tmp_path)) == [2, 9, 10]
    assert last_whole(tmp_path).name == "checkpoint-10"


def test_checkpoints_that_were_cut_off_are_passed_over_and_removed_if_asked(tmp_path):
    make(tmp_path, 1, json.dumps({"global_step": 1}))
    for step, state in ((2, None), (3, '{"global_st')):
        make(tmp_path, step, state)
    assert last_whole(tmp_path).name == "checkpoint-1"
    assert len(steps_of(tmp_path)) == 3
    last_whole(tmp_path, remove_others=True)
    assert list(steps_of(tmp_path)) == [1]


def test_a_checkpoint_whose_tensors_are_cut_is_not_whole(tmp_path):
    path = make(tmp_path, 1, json.dumps({"global_step": 1}))
    save_file({"weight": torch.ones(100)}, path / "model.safetensors")
    torch.save({"state": torch.ones(100)}, path / "optimizer.pt")
    torch.save({"cpu": torch.ones(100)}, path / "rng_state.pth")
    assert is_whole(path)
    for name in ("model.safetensors", "optimizer.pt", "rng_state.pth"):
        whole = (path / name).read_bytes()
        for size in (0, 10, len(whole) // 2, len(whole) - 1):
            (path / name).write_bytes(whole[:size])
            assert not is_whole(path), (name, size)
        (path / name).write_bytes(whole)


def test_no_checkpoint_is_none(tmp_path):
    assert last_whole(tmp_path) is None
