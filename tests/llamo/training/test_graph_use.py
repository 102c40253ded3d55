"""Graph dropout, and the Trainer that applies it and the preference in training only."""

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import Trainer, TrainingArguments

from llamo.training.batch_graphs import put_together, take_apart
from llamo.training.graph_diagnostic import graph_use_losses
from llamo.training.graph_use import GraphUseOptions, GraphUseTrainer, drop_graphs
from processors import LlamoDataCollator, LlamoPackingCollator
from tests.llamo.training.batches import (
    CONVERSATIONS,
    assert_same_batch,
    collate,
    conversation,
    generator,
    setting,
)
from tests.modeling_llamo.test_training import LORA

NAMES = {"CCO": "alcohol", "c1ccccc1": "arene", "CC(=O)O": "acid", "CCN": "amine", "CCCC": "alkane", "CO": "methanol"}
NAMED = [conversation([smiles], "What is it?", name) for smiles, name in NAMES.items()]


def arguments(folder, **options) -> TrainingArguments:
    values = {"max_steps": 3, "per_device_train_batch_size": 4, "learning_rate": 3e-3, "logging_steps": 1, **options}
    fixed = {"report_to": "none", "use_cpu": True, "remove_unused_columns": False, "disable_tqdm": True}
    return TrainingArguments(output_dir=str(folder), **{"save_strategy": "no", **fixed, **values})


def train(folder, rows=CONVERSATIONS, *, make=GraphUseTrainer, collator=LlamoDataCollator, model=None, **options):
    """Three steps of a tiny model, or what is asked for."""
    own = {} if "graph_use" not in options else {"graph_use": options.pop("graph_use")}
    tiny, processor, _ = setting()
    trainer = make(model or tiny, arguments(folder, **options), collator(processor), list(rows), **own)
    trainer.train()
    return trainer


def logged(trainer, name: str) -> list[float]:
    return [entry[name] for entry in trainer.state.log_history if name in entry]


def assert_same_run(one, other):
    assert logged(one, "loss") == logged(other, "loss")
    for mine, theirs in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("form", [{}, {"padding_side": "left"}, {"packed": True}])
def test_dropped_samples_are_those_without_graphs_and_others_stay(form):
    _, processor, layout = setting()
    batch = collate(processor, **form)
    samples, kind = take_apart(batch, layout)
    for seed in range(5):
        dropped = drop_graphs(batch, 0.5, layout, generator=generator(seed))
        loses = (torch.rand(4, generator=generator(seed)) < 0.5).tolist()
        pairs = zip(samples, loses, strict=True)
        expected = [sample.without_graphs(layout) if lost else sample for sample, lost in pairs]
        assert_same_batch(dict(dropped), put_together(expected, kind))


def test_probability_one_drops_every_graph():
    _, processor, layout = setting()
    dropped = drop_graphs(collate(processor), 1.0, layout, generator=generator())
    assert dropped.keys() == {"input_ids", "attention_mask", "labels"}


def test_batches_that_lose_nothing_are_the_same_object():
    _, processor, layout = setting()
    batch, text = collate(processor), collate(processor, [CONVERSATIONS[1]])
    assert drop_graphs(batch, 0.0, layout, generator=generator()) is batch
    assert drop_graphs(text, 1.0, layout, generator=generator()) is text


def test_text_only_rows_are_untouched():
    _, processor, layout = setting()
    dropped = drop_graphs(collate(processor), 1.0, layout, generator=generator())
    before, after = (take_apart(batch, layout)[0][1].tokens for batch in (collate(processor), dropped))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_off_is_the_plain_trainer_bit_for_bit(tmp_path):
    assert_same_run(train(tmp_path, graph_use=GraphUseOptions()), train(tmp_path, make=Trainer))


def test_dropout_of_every_graph_is_training_on_text_alone(tmp_path):
    dropped = train(tmp_path, graph_use=GraphUseOptions(dropout=1.0))
    model = setting()[0]
    encoder = [parameter.clone() for parameter in model.model.graph_encoder.parameters()]
    trained = list(dropped.model.model.graph_encoder.parameters())
    assert all(torch.equal(one, other) for one, other in zip(encoder, trained, strict=True))
    assert logged(dropped, "loss")[-1] < logged(dropped, "loss")[0]


def test_a_batch_that_lost_all_graphs_is_a_step_even_where_only_the_graph_side_trains(tmp_path):
    model, _, _ = setting()
    model.requires_grad_(False)
    model.model.projector.requires_grad_(True)
    train(tmp_path, model=model, graph_use=GraphUseOptions(dropout=1.0))


@pytest.mark.parametrize("collator", [LlamoDataCollator, LlamoPackingCollator])
@pytest.mark.parametrize("perturbation", ["shuffle", "bonds", "atoms"])
def test_the_parts_are_logged(tmp_path, perturbation, collator):
    options = GraphUseOptions(preference_weight=0.25, perturbation=perturbation, dropout=0.2)
    trainer = train(tmp_path, collator=collator, graph_use=options)
    for name in ("lm_loss", "preference_loss", "preference_margin"):
        assert len(logged(trainer, f"graph_{name}")) == 3
    assert all(0 <= value <= 1 for value in logged(trainer, "graph_preference_accuracy"))
    total = [
        lm + 0.25 * preference
        for lm, preference in zip(
            logged(trainer, "graph_lm_loss"), logged(trainer, "graph_preference_loss"), strict=True
        )
    ]
    torch.testing.assert_close(logged(trainer, "loss"), total, atol=1e-3, rtol=1e-3)


def test_batches_of_a_step_add_up_to_their_mean(tmp_path):
    alike = [conversation([smiles], "What is it?", name) for smiles, name in zip(NAMES, "abcd", strict=False)]
    options = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "max_steps": 1}
    trainer = train(tmp_path, alike, graph_use=GraphUseOptions(preference_weight=0.25), **options)
    mean = logged(trainer, "graph_lm_loss")[0] + 0.25 * logged(trainer, "graph_preference_loss")[0]
    assert logged(trainer, "loss")[0] == pytest.approx(mean, abs=1e-5)


def test_the_same_seed_gives_the_same_run_and_another_one_another(tmp_path):
    runs = [
        train(tmp_path, graph_use=GraphUseOptions(preference_weight=0.5, perturbation="atoms", dropout=0.3, seed=seed))
        for seed in (1, 1, 2)
    ]
    assert_same_run(runs[0], runs[1])
    assert logged(runs[0], "loss") != logged(runs[2], "loss")


def test_a_resumed_run_equals_a_straight_one(tmp_path):
    options = GraphUseOptions(preference_weight=0.5, dropout=0.3)
    saving = {"max_steps": 4, "save_strategy": "steps", "save_steps": 2}
    straight = train(tmp_path, graph_use=options, **saving)
    model, processor, _ = setting()
    resumed = GraphUseTrainer(
        model, arguments(tmp_path, **saving), LlamoDataCollator(processor), list(CONVERSATIONS), graph_use=options
    )
    resumed.train(resume_from_checkpoint=str(tmp_path / "checkpoint-2"))
    assert logged(resumed, "loss")[-1] == logged(straight, "loss")[-1]


def test_evaluation_is_the_plain_trainers(tmp_path):
    model, processor, _ = setting()
    losses = []
    for make, own in ((Trainer, {}), (GraphUseTrainer, {"graph_use": GraphUseOptions(1.0, 1.0)})):
        trainer = make(model, arguments(tmp_path), LlamoDataCollator(processor), **own)
        losses.append(trainer.evaluate(list(CONVERSATIONS))["eval_loss"])
    assert losses[0] == losses[1]


def test_it_works_with_lora(tmp_path):
    model, _, _ = setting()
    adapted = get_peft_model(model, LoraConfig(**LORA))
    trainer = train(tmp_path, model=adapted, graph_use=GraphUseOptions(preference_weight=0.25, dropout=0.1))
    assert len(logged(trainer, "graph_preference_margin")) == 3


def test_loss_only_gives_way_to_the_preference(tmp_path):
    model, _, _ = setting()
    model.loss_only = True
    options = GraphUseOptions(preference_weight=0.25)
    assert logged(train(tmp_path, model=model, graph_use=options), "loss") == logged(
        train(tmp_path, graph_use=options), "loss"
    )


def test_preference_makes_wrong_graphs_cost_more(tmp_path):
    gaps = []
    for weight in (0.0, 0.25):
        options = {"max_steps": 40, "per_device_train_batch_size": 6, "logging_steps": 40}
        trainer = train(tmp_path, NAMED, graph_use=GraphUseOptions(preference_weight=weight), **options)
        _, processor, _ = setting()
        gaps.append(graph_use_losses(trainer.model, NAMED, LlamoDataCollator(processor), batch_size=6).gap)
    assert gaps[1] > 0.3 + gaps[0]


def test_samples_without_counterpart_are_logged(tmp_path):
    alike = [conversation(["CCO"], "What is it?", "Ethanol.")] * 4
    trainer = train(tmp_path, alike, graph_use=GraphUseOptions(preference_weight=0.25))
    assert logged(trainer, "graph_preference_skipped") == [1.0] * 3
