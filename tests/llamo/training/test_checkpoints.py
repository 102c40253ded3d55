"""Only whole checkpoints count."""

import json

from llamo.training.checkpoints import last_whole, steps_of


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


def test_no_checkpoint_is_none(tmp_path):
    assert last_whole(tmp_path) is None
