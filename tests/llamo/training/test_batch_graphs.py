"""Batches taken apart and put together: nothing is lost, text stays in order, molecules stay with their samples."""

import pytest
import torch

from llamo.training.batch_graphs import GraphLayout, pack_graphs, put_together, split_graphs, take_apart, with_graphs
from tests.llamo.training.batches import CONVERSATIONS, assert_same_batch, collate, conversation, setting
from tests.tiny import random_graphs, tiny_batch, tiny_config

FORMS = [{"padding_side": "right"}, {"padding_side": "left"}, {"packed": True}, {"packed": True, "flash": True}]
PROJECTORS = [{}, {"projector_type": "mlp"}]


@pytest.mark.parametrize("projector", PROJECTORS)
@pytest.mark.parametrize("form", FORMS)
def test_apart_and_together_again_is_the_same_batch(form, projector):
    _, processor, layout = setting(**projector)
    batch = collate(processor, **form)
    assert_same_batch(put_together(*take_apart(batch, layout)), batch)


def test_each_sample_gets_its_own_molecules():
    _, processor, layout = setting()
    samples, _ = take_apart(collate(processor), layout)
    assert [[len(graph.node_ids) for graph in sample.graphs] for sample in samples] == [[3], [], [7, 5], [4]]


@pytest.mark.parametrize("projector", PROJECTORS)
def test_removal_leaves_text_and_labels_in_order(projector):
    _, processor, layout = setting(**projector)
    samples, _ = take_apart(collate(processor), layout)
    for sample in samples:
        text = sample.without_graphs(layout).tokens
        kept = sample.tokens["input_ids"] != layout.graph_token_id
        assert {name: values.tolist() for name, values in text.items()} == {
            name: values[kept].tolist() for name, values in sample.tokens.items()
        }


@pytest.mark.parametrize("projector", PROJECTORS)
@pytest.mark.parametrize("form", FORMS)
def test_without_graphs_a_batch_is_that_of_the_text_only_conversations(form, projector):
    _, processor, layout = setting(**projector)
    samples, kind = take_apart(collate(processor, **form), layout)
    texts = []
    for row, sample in zip(CONVERSATIONS, samples, strict=True):
        written = processor.tokenizer.decode(sample.without_graphs(layout).tokens["input_ids"])
        question = written.split("User:\n")[1].split("\nAssistant:")[0]
        texts.append(conversation([], question, row["messages"][1]["content"]))
    removed = put_together([sample.without_graphs(layout) for sample in samples], kind)
    assert_same_batch(removed, collate(processor, texts, **form))


def test_a_molecule_of_another_size_changes_the_rows_length_where_atoms_are_tokens():
    _, processor, layout = setting(projector_type="mlp")
    other = conversation(["CCCCCCCC"], "What is it?", "Ethanol.")
    octane = take_apart(collate(processor, [other]), layout)[0][0].graphs[0]
    swapped = take_apart(collate(processor), layout)[0][0].with_graphs([octane], layout)
    assert int((swapped.tokens["input_ids"] == layout.graph_token_id).sum()) == 8
    assert len({len(values) for values in swapped.tokens.values()}) == 1
    assert set(swapped.tokens["labels"][swapped.tokens["input_ids"] == layout.graph_token_id].tolist()) == {-100}


@pytest.mark.parametrize("projector", PROJECTORS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_model_reads_an_exchanged_batch_as_if_it_had_been_built_so(side, projector):
    model, processor, layout = setting(**projector)
    samples, form = take_apart(collate(processor, padding_side=side), layout)
    graphs = [graph for sample in samples for graph in sample.graphs]
    turned = graphs[1:] + graphs[:1]
    loss = model(**put_together(with_graphs(samples, turned, layout), form)).loss
    alone = [model(**put_together([sample], form)) for sample in with_graphs(samples, turned, layout)]
    counts = [int((sample.tokens["labels"] != -100).sum()) for sample in samples]
    expected = sum(output.loss * count for output, count in zip(alone, counts, strict=True)) / sum(counts)
    torch.testing.assert_close(loss, expected)


def test_graphs_survive_being_split_and_packed():
    graphs = random_graphs([5, 1, 9])
    assert_same_batch(pack_graphs(split_graphs(graphs)), graphs)


def test_other_arguments_of_the_model_are_passed_on():
    config = tiny_config()
    batch = {**tiny_batch(config), "loss_only": True}
    samples, form = take_apart(batch, GraphLayout(config.graph_token_id, config.num_graph_tokens))
    assert put_together(samples, form)["loss_only"] is True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position_ids": torch.zeros(3, 3)}, "position_ids"),
        ({"token_type_ids": torch.zeros(3, 3)}, "token_type_ids"),
        ({"input_ids": None}, "input_ids"),
    ],
)
def test_a_batch_that_cannot_be_taken_apart_is_refused(change, message):
    config = tiny_config()
    with pytest.raises(ValueError, match=message):
        take_apart({**tiny_batch(config), **change}, GraphLayout(config.graph_token_id, config.num_graph_tokens))


@pytest.mark.parametrize("tokens", [7, 20])
def test_placeholders_of_another_model_are_refused(tokens):
    config = tiny_config()
    with pytest.raises(ValueError, match="placeholders"):
        take_apart(tiny_batch(config), GraphLayout(config.graph_token_id, tokens))
