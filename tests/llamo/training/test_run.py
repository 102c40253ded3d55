"""The tiny two-stage recipe from end to end, and what ends it early."""

import errno
import json
import os
import signal

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModel, AutoProcessor, TrainerCallback

from llamo.training import stage as stage_module
from llamo.training.checkpoints import last_whole
from llamo.training.run import run_recipe
from llamo.training.stopping import TrainingStopped
from llamo.training.trainer import LlamoTrainer
from tests.llamo.convert.released import text_folder
from tests.llamo.training.recipes import DATA, one_stage, tiny_recipe

# The second stage learns enough for its effect to be seen.
FAST = "stages.1.arguments.learning_rate=0.1"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "tiny"
    assert run_recipe(tiny_recipe(folder, FAST)) == folder / "model"
    return folder


def weights(folder):
    return AutoModel.from_pretrained(folder).state_dict()


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    assert [name for name, tensor in one.items() if not torch.equal(tensor, other[name])] == []


def test_a_run_leaves_recipe_data_metrics_pictures_and_card(finished):
    assert "align" in (finished / "recipe.yaml").read_text()
    for place in ("1-align", "2-instruct"):
        assert json.loads((finished / place / "data.json").read_text())["sources"]
        entries = [json.loads(line) for line in (finished / place / "metrics.jsonl").read_text().splitlines()]
        assert any("tokens_per_second" in entry for entry in entries)
        assert any("eval_loss_shuffled_graph" in entry for entry in entries)
        for picture in ("loss", "learning_rate", "grad_norm", "throughput", "memory", "graph_use"):
            assert (finished / place / f"{picture}.png").read_bytes().startswith(b"\x89PNG")
    card = (finished / "model" / "README.md").read_text()
    assert "| language_model | lora |" in card
    assert "eval_loss" in card


def test_the_adapter_loads_in_one_line_and_equals_the_merged_model(finished):
    merged, processor = (auto.from_pretrained(finished / "model") for auto in (AutoModel, AutoProcessor))
    inputs = processor(["CCO", "c1ccccc1"], ["Describe this molecule.", "How many rings does it have?"])
    with torch.no_grad():
        expected = merged.eval()(**inputs).logits
        by_auto = AutoModel.from_pretrained(finished / "adapter").eval()
        base = AutoModel.from_pretrained(finished / "1-align" / "model")
        by_peft = PeftModel.from_pretrained(base, finished / "adapter").eval()
        for model in (by_auto, by_peft):
            torch.testing.assert_close(model(**inputs).logits, expected, atol=1e-5, rtol=1e-4)
    assert AutoProcessor.from_pretrained(finished / "adapter").num_graph_tokens == processor.num_graph_tokens
    saved = load_file(finished / "adapter" / "adapter_model.safetensors")
    assert all(tensor.abs().max() > 0 for name, tensor in saved.items() if "lora_B" in name)
    assert any("projector" in name for name in saved)


def test_stages_train_what_the_recipe_says(finished):
    base, final = weights(finished / "1-align" / "model"), weights(finished / "model")
    changed = {name for name in base if not torch.equal(base[name], final[name])}
    assert any("projector" in name for name in changed)
    assert all("projector" in name or name.endswith(("q_proj.weight", "v_proj.weight")) for name in changed)


def test_a_folder_that_is_there_is_not_trained_over(finished, tmp_path):
    with pytest.raises(ValueError, match="is not empty; go on there with --resume"):
        run_recipe(tiny_recipe(finished))
    with pytest.raises(ValueError, match="differs from this recipe"):
        run_recipe(tiny_recipe(finished, FAST, "seed=5"), resume=True)


def test_resuming_a_finished_run_changes_nothing(finished):
    before = weights(finished / "model")
    run_recipe(tiny_recipe(finished, FAST), resume=True)
    assert_same_weights(weights(finished / "model"), before)


class At(TrainerCallback):
    """Does something at the end of a step."""

    def __init__(self, step: int, action):
        self.step, self.action = step, action

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == self.step:
            self.action()


def with_callback(monkeypatch, callback):
    make = stage_module._make_trainer

    def make_with(*args):
        trainer = make(*args)
        trainer.add_callback(callback)
        return trainer

    monkeypatch.setattr(stage_module, "_make_trainer", make_with)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_resuming_gives_the_same_weights(finished, tmp_path, monkeypatch, number):
    before = signal.getsignal(number)  # a shell in the background has SIGINT ignored
    with one_stage(tmp_path / "run") as recipe, monkeypatch.context() as patch:
        with_callback(patch, At(1, lambda: os.kill(os.getpid(), number)))
        with pytest.raises(TrainingStopped, match=r"stopped at step 1.*checkpoint-1; go on with --resume"):
            run_recipe(recipe)
    assert signal.getsignal(number) is before
    with one_stage(tmp_path / "run") as recipe:
        run_recipe(recipe, resume=True)
    assert_same_weights(weights(tmp_path / "run" / "model"), weights(finished / "1-align" / "model"))


@pytest.mark.parametrize(
    "order",
    [
        ["stages.0.arguments.train_sampling_strategy=group_by_length"],
        ["stages.0.max_tokens=300", "stages.0.loss_only=true"],
    ],
    ids=["grouped", "packed"],
)
def test_resuming_in_a_later_epoch_keeps_the_order(tmp_path, monkeypatch, order):
    more = [*order, "stages.0.arguments.max_steps=12", "stages.0.arguments.eval_steps=12"]
    with one_stage(tmp_path / "straight", *more) as recipe:
        run_recipe(recipe)
    with one_stage(tmp_path / "run", *more) as recipe, monkeypatch.context() as patch:
        with_callback(patch, At(8, lambda: os.kill(os.getpid(), signal.SIGINT)))
        with pytest.raises(TrainingStopped):
            run_recipe(recipe)
    with one_stage(tmp_path / "run", *more) as recipe:
        run_recipe(recipe, resume=True)
    assert_same_weights(weights(tmp_path / "run" / "model"), weights(tmp_path / "straight" / "model"))


def test_a_loss_that_is_no_number_stops_before_it_spoils_anything(tmp_path, monkeypatch):
    compute = LlamoTrainer.compute_loss

    def spoiled(self, model, inputs, *args, **kwargs):
        loss = compute(self, model, inputs, *args, **kwargs)
        return loss * float("nan") if self.state.global_step == 3 and model.training else loss

    with one_stage(tmp_path / "run") as recipe, monkeypatch.context() as patch:
        patch.setattr(LlamoTrainer, "compute_loss", spoiled)
        with pytest.raises(TrainingStopped, match=r"the loss is nan at step 4: .*checkpoint-2; go on with --resume"):
            run_recipe(recipe)
    checkpoint = last_whole(tmp_path / "run" / "1-align" / "checkpoints")
    assert all(torch.isfinite(tensor).all() for tensor in weights(checkpoint).values())


def test_a_full_disk_stops_with_a_usable_checkpoint(finished, tmp_path, monkeypatch):
    save = LlamoTrainer._save_optimizer_and_scheduler

    def full(self, folder):
        if folder.endswith("-4"):
            raise OSError(errno.ENOSPC, "No space left on device")
        save(self, folder)

    with one_stage(tmp_path / "run") as recipe, monkeypatch.context() as patch:
        patch.setattr(LlamoTrainer, "_save_optimizer_and_scheduler", full)
        with pytest.raises(TrainingStopped, match=r"no space left on the disk.*checkpoint-2; go on with --resume"):
            run_recipe(recipe)
    with one_stage(tmp_path / "run") as recipe:
        run_recipe(recipe, resume=True)
    assert_same_weights(weights(tmp_path / "run" / "model"), weights(finished / "1-align" / "model"))


class Layers(TrainerCallback):
    """Remembers which kinds of layer the language model trains with."""

    def on_train_begin(self, args, state, control, model=None, **kwargs):
        self.kinds = {type(module).__name__ for name, module in model.named_modules() if name.endswith("base_layer")}


@pytest.mark.parametrize("pretrained", [False, True], ids=["from scratch", "pretrained"])
def test_lora_trains_on_a_language_model_in_4_bits(tmp_path, monkeypatch, pretrained):
    pytest.importorskip("bitsandbytes", reason="4 bits need the extra `quantization`")
    layers, more = Layers(), [FAST, "model.load_in_4bit=true"]
    if pretrained:
        text_folder(tmp_path / "text")
        more += ["model.text_config=null", f"model.text_model={tmp_path / 'text'}"]
    with monkeypatch.context() as patch:
        with_callback(patch, layers)
        run_recipe(tiny_recipe(tmp_path / "run", *more))
    assert layers.kinds == {"Linear4bit"}
    saved = load_file(tmp_path / "run" / "adapter" / "adapter_model.safetensors")
    assert all(tensor.abs().max() > 0 for name, tensor in saved.items() if "lora_B" in name)
    assert {tensor.dtype for tensor in weights(tmp_path / "run" / "model").values()} <= {torch.float32, torch.int64}


def test_a_stage_that_was_killed_while_it_saved_its_result_trains_no_further(tmp_path):
    more = (FAST, "stages.1.arguments.lr_scheduler_type=constant")
    run_recipe(tiny_recipe(tmp_path / "run", *more))
    before = weights(tmp_path / "run" / "model")
    (tmp_path / "run" / "2-instruct" / "result.json").unlink()
    run_recipe(tiny_recipe(tmp_path / "run", *more), resume=True)
    assert_same_weights(weights(tmp_path / "run" / "model"), before)


def test_tied_embeddings_stay_tied_when_they_train_beside_lora(tmp_path):
    more = ("model.text_config.tie_word_embeddings=true", "stages.1.trains.embeddings=full")
    run_recipe(tiny_recipe(tmp_path / "run", FAST, *more))
    model = AutoModel.from_pretrained(tmp_path / "run" / "model")
    base = AutoModel.from_pretrained(tmp_path / "run" / "1-align" / "model")
    assert torch.equal(model.lm_head.weight, model.get_input_embeddings().weight)
    assert not torch.equal(model.lm_head.weight, base.lm_head.weight)


def test_arguments_of_the_recipe_are_checked(tmp_path):
    with pytest.raises(ValueError, match="arguments cannot set remove_unused_columns"):
        run_recipe(tiny_recipe(tmp_path / "a", "stages.0.arguments.remove_unused_columns=true"))
    with pytest.raises(ValueError, match=r"arguments: .*learning_rat"):
        run_recipe(tiny_recipe(tmp_path / "b", "stages.1.arguments.learning_rat=1"))
    with pytest.raises(ValueError, match=r"stage instruct: graph_use: .*dropot"):
        run_recipe(tiny_recipe(tmp_path / "c", "stages.1.graph_use={dropot: 0.1}"))
    with pytest.raises(ValueError, match=r"source .*weigth"):
        run_recipe(tiny_recipe(tmp_path / "d", "stages.1.train.0.weigth=2"))
    assert not any((tmp_path / name).exists() for name in "abcd")  # before anything begins


def test_leaks_stop_a_run_before_it_trains(tmp_path):
    leak = "stages.0.validation=[{path: DATA, where: {split: train}, max_rows: 2}]"
    with pytest.raises(ValueError, match=r"leak|held.out"):
        run_recipe(tiny_recipe(tmp_path / "run", leak.replace("DATA", str(DATA))))
