"""The three losses are those of batches built by hand, and the evaluation logs them."""

import pytest
import torch
from datasets import Dataset
from transformers import Trainer

from llamo.training.batch_graphs import put_together, take_apart
from llamo.training.graph_content import content_key
from llamo.training.graph_diagnostic import GraphDiagnosticCallback, NothingToCompare, exchange, graph_use_losses
from processors import LlamoDataCollator, LlamoPackingCollator
from tests.llamo.training.batches import CONVERSATIONS, collate, conversation, setting
from tests.llamo.training.test_graph_use import NAMED, arguments, logged

PROJECTORS = [{}, {"projector_type": "mlp"}]


@pytest.mark.parametrize("projector", PROJECTORS)
@pytest.mark.parametrize("collator", [LlamoDataCollator, LlamoPackingCollator])
def test_the_true_loss_is_the_models(projector, collator):
    model, processor, _ = setting(**projector)
    report = graph_use_losses(model, CONVERSATIONS, collator(processor), batch_size=4)
    assert report.true == pytest.approx(float(model(**collate(processor)).loss), rel=1e-5)
    assert (report.rows, report.molecules, report.repeated) == (4, 4, 0)


@pytest.mark.parametrize("projector", PROJECTORS)
def test_batches_of_one_give_the_same_losses(projector):
    model, processor, _ = setting(**projector)
    one, many = (
        graph_use_losses(model, CONVERSATIONS, LlamoDataCollator(processor), batch_size=size) for size in (1, 4)
    )
    for name in ("true", "shuffled", "removed"):
        assert getattr(one, name) == pytest.approx(getattr(many, name), rel=1e-5)


@pytest.mark.parametrize("projector", PROJECTORS)
def test_the_shuffled_loss_is_that_of_swapped_molecules(projector):
    model, processor, layout = setting(**projector)
    rows = [conversation(["CCO"], "What is it?", "Ethanol."), conversation(["CCCCN"], "What?", "Butylamine.")]
    own = take_apart(collate(processor, rows), layout)
    swapped = [
        own[0][0].with_graphs(own[0][1].graphs, layout),
        own[0][1].with_graphs(own[0][0].graphs, layout),
    ]
    expected = float(model(**put_together(swapped, own[1])).loss)
    report = graph_use_losses(model, rows, LlamoDataCollator(processor), batch_size=2)
    assert report.shuffled == pytest.approx(expected, rel=1e-5)
    assert report.gap == report.shuffled - report.true


def test_the_removed_loss_is_that_of_the_text():
    model, processor, layout = setting()
    samples, _ = take_apart(collate(processor, NAMED), layout)
    texts = [
        {"input_ids": text["input_ids"].tolist(), "labels": text["labels"].tolist()}
        for text in (sample.without_graphs(layout).tokens for sample in samples)
    ]
    report = graph_use_losses(model, NAMED, LlamoDataCollator(processor), batch_size=4)
    assert report.removed == pytest.approx(float(model(**LlamoDataCollator(processor)(texts)).loss), rel=1e-5)


def test_a_model_that_ignores_graphs_has_no_gap():
    model, processor, _ = setting()
    with torch.no_grad():
        for layer in model.model.projector.modules():
            if isinstance(layer, torch.nn.Linear):
                layer.weight.zero_()
    report = graph_use_losses(model, NAMED, LlamoDataCollator(processor), batch_size=4)
    assert report.gap == pytest.approx(0, abs=1e-6)


def test_encoded_rows_and_conversations_give_the_same_report():
    model, processor, _ = setting()
    encoded = [processor.encode_conversation(row["messages"]) for row in NAMED]
    stored = Dataset.from_list([{k: getattr(v, "tolist", lambda v=v: v)() for k, v in row.items()} for row in encoded])
    reports = [
        graph_use_losses(model, rows, LlamoDataCollator(processor), batch_size=4)
        for rows in (NAMED, encoded, stored, stored.to_iterable_dataset())
    ]
    assert all(report == reports[0] for report in reports)


def test_no_molecule_stays_and_the_seed_decides():
    model, processor, _ = setting()
    collator = LlamoDataCollator(processor)
    reports = [graph_use_losses(model, NAMED, collator, batch_size=4, seed=seed) for seed in (1, 1, 2, 3)]
    assert reports[0] == reports[1]
    assert len({report.shuffled for report in reports}) > 1
    assert len({report.true for report in reports}) == 1


def test_only_the_first_rows_are_taken():
    model, processor, _ = setting()
    collator = LlamoDataCollator(processor)
    assert graph_use_losses(model, NAMED, collator, batch_size=2, max_rows=3) == graph_use_losses(
        model, NAMED[:3], collator, batch_size=2
    )


def test_a_frequent_molecule_is_replaced_by_rare_ones_again_and_again():
    model, processor, _ = setting()
    report = graph_use_losses(model, [*NAMED[:1] * 4, NAMED[1]], LlamoDataCollator(processor), batch_size=2)
    assert report.repeated == 3


@pytest.mark.parametrize("rows", [[CONVERSATIONS[1]], NAMED[:1] * 3])
def test_rows_with_nothing_to_compare_are_refused(rows):
    model, processor, _ = setting()
    with pytest.raises(NothingToCompare, match="at least two different molecules"):
        graph_use_losses(model, rows, LlamoDataCollator(processor), batch_size=2)


def test_no_rows_are_refused():
    model, processor, _ = setting()
    with pytest.raises(ValueError, match="got no rows"):
        graph_use_losses(model, [], LlamoDataCollator(processor), batch_size=2)


def test_modes_of_all_modules_come_back_and_no_gradient_is_made():
    model, processor, _ = setting()
    model.train()
    model.model.language_model.eval()
    modes = {name: module.training for name, module in model.named_modules()}
    graph_use_losses(model, NAMED, LlamoDataCollator(processor), batch_size=4)
    assert {name: module.training for name, module in model.named_modules()} == modes
    assert all(parameter.grad is None for parameter in model.parameters())


NAMES = [f"loss_{kind}_graph" for kind in ("true", "shuffled", "removed")]


def test_each_evaluation_logs_the_three_losses(tmp_path):
    model, processor, _ = setting()
    options = arguments(tmp_path, eval_strategy="steps", eval_steps=1, max_steps=2)
    trainer = Trainer(model, options, LlamoDataCollator(processor), NAMED, NAMED)
    trainer.add_callback(GraphDiagnosticCallback(trainer))
    trainer.train()
    for name in NAMES:
        assert len(logged(trainer, f"eval_{name}")) == 2
    assert logged(trainer, "eval_loss_true_graph") == pytest.approx(logged(trainer, "eval_loss"), rel=1e-4)
    report = graph_use_losses(model, NAMED, LlamoDataCollator(processor), batch_size=8)
    assert logged(trainer, "eval_loss_shuffled_graph")[-1] == report.shuffled


def test_the_diagnostic_leaves_training_as_it_was(tmp_path):
    losses = []
    for diagnosed in (False, True):
        model, processor, _ = setting()
        options = arguments(tmp_path, eval_strategy="steps", eval_steps=1)
        trainer = Trainer(model, options, LlamoDataCollator(processor), NAMED, NAMED)
        if diagnosed:
            trainer.add_callback(GraphDiagnosticCallback(trainer))
        trainer.train()
        losses.append(logged(trainer, "loss"))
    assert losses[0] == losses[1]


def test_evaluate_returns_them_with_the_prefix_of_each_set(tmp_path):
    model, processor, _ = setting()
    trainer = Trainer(model, arguments(tmp_path), LlamoDataCollator(processor))
    trainer.add_callback(GraphDiagnosticCallback(trainer, LlamoDataCollator(processor), max_rows=4))
    metrics = trainer.evaluate({"named": NAMED, "mixed": CONVERSATIONS, "text": [CONVERSATIONS[1]]})
    assert all(f"eval_{data}_{name}" in metrics for data in ("named", "mixed") for name in NAMES)
    assert not any(f"eval_text_{name}" in metrics for name in NAMES)


def test_the_trainers_autocast_is_used(tmp_path):
    model, processor, _ = setting()
    trainer = Trainer(model, arguments(tmp_path, bf16=True), LlamoDataCollator(processor))
    trainer.add_callback(GraphDiagnosticCallback(trainer))
    metrics = trainer.evaluate(NAMED)
    with torch.autocast("cpu", torch.bfloat16):
        expected = graph_use_losses(model, NAMED, LlamoDataCollator(processor), batch_size=8)
    assert metrics["eval_loss_true_graph"] == pytest.approx(expected.true, abs=1e-4)
    plain = setting()[0]
    assert (
        metrics["eval_loss_true_graph"]
        != graph_use_losses(plain, NAMED, LlamoDataCollator(processor), batch_size=8).true
    )


def test_a_diagnostic_of_one_row_is_refused(tmp_path):
    with pytest.raises(ValueError, match="max_rows must be at least 2"):
        GraphDiagnosticCallback(None, max_rows=1)  # type: ignore[arg-type]


def test_no_molecule_gets_its_own_by_content():
    _, processor, layout = setting()
    rows = [*NAMED, conversation(["OCC"], "What is it?", "alcohol")]
    graphs = [graph for sample in take_apart(collate(processor, rows), layout)[0] for graph in sample.graphs]
    keys = [content_key(graph) for graph in graphs]
    order = exchange(keys, seed=0)
    assert sorted(order) == list(range(len(keys)))
    assert all(keys[own] != keys[other] for own, other in enumerate(order))
