"""The preference loss is that of two forwards written out by hand."""

import pytest
import torch

from llamo.training.batch_graphs import put_together, take_apart
from llamo.training.graph_preference import graph_preference_loss, preference_losses, share_of_step
from llamo.training.graph_use_options import GraphUseOptions
from llamo.training.perturbation import PERTURBATIONS, perturb
from tests.llamo.training.batches import (
    CONVERSATIONS,
    SAMPLES_WITH_GRAPHS,
    collate,
    conversation,
    generator,
    setting,
)

PROJECTORS = [{}, {"projector_type": "mlp"}]


def mean_log_prob(model, sample, form) -> torch.Tensor:
    """Of one sample's answer, token by token."""
    batch = put_together([sample], form)
    log_probs = model(**batch).logits.log_softmax(-1)
    found = [
        log_probs[0, position - 1, label] for position, label in enumerate(batch["labels"][0].tolist()) if label != -100
    ]
    return torch.stack(found).mean()


def by_hand(model, layout, batch, options, seed: int) -> torch.Tensor:
    """L_lm + weight * mean of -log sigmoid(min(beta * gap, clip * u) - margin * u), sample by sample."""
    samples, form = take_apart(batch, layout)
    graphs = [graph for sample in samples for graph in sample.graphs]
    wrong = iter(perturb(graphs, options.perturbation, share=options.share, generator=generator(seed)))
    pairs = []
    for sample in samples:
        replaced = [next(wrong) or graph for graph in sample.graphs]
        if sample.graphs:
            counterpart = sample.with_graphs(replaced, layout)
            pairs.append((mean_log_prob(model, sample, form), mean_log_prob(model, counterpart, form)))
    unit = sum(abs(options.beta * float(true.detach())) for true, _ in pairs) / len(pairs) if options.relative else 1.0
    terms = []
    for true, rejected in pairs:
        gap = options.beta * (true - rejected)
        if options.clip is not None and gap > options.clip * unit:
            gap = torch.tensor(options.clip * unit)
        terms.append(torch.log(1 + torch.exp(-(gap - options.margin * unit))))
    return model(**batch).loss + options.preference_weight * sum(terms) / len(terms)


@pytest.mark.parametrize("projector", PROJECTORS)
@pytest.mark.parametrize("perturbation", PERTURBATIONS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beta": 3.0, "margin": 0.2, "clip": None, "relative": False},
        {"clip": 1e-3, "relative": False},
    ],
)
def test_the_loss_equals_two_forwards_by_hand(options, perturbation, projector):
    model, processor, layout = setting(**projector)
    chosen = GraphUseOptions(preference_weight=0.25, perturbation=perturbation, **options)
    batch = collate(processor)
    loss, parts = graph_preference_loss(model, batch, options=chosen, generator=generator(5))
    torch.testing.assert_close(loss, by_hand(model, layout, batch, chosen, 5))
    assert (parts.pairs, parts.skipped) == (len(SAMPLES_WITH_GRAPHS), 0)


def test_packed_and_padded_rows_have_the_same_loss():
    model, processor, _ = setting()
    options = GraphUseOptions(preference_weight=1)
    losses = [
        graph_preference_loss(model, collate(processor, **form), options=options, generator=generator())[0]
        for form in ({}, {"padding_side": "left"}, {"packed": True})
    ]
    torch.testing.assert_close(losses[1], losses[0])
    torch.testing.assert_close(losses[2], losses[0])


def test_the_language_models_loss_is_that_of_the_true_graphs():
    model, processor, _ = setting()
    batch = collate(processor)
    loss, parts = graph_preference_loss(model, batch, options=GraphUseOptions(), generator=generator())
    torch.testing.assert_close(loss, model(**batch).loss)
    torch.testing.assert_close(parts.lm_loss, model(**batch).loss.detach())


@pytest.mark.parametrize("wrong_gradient", [True, False])
def test_gradient_flows_through_the_wrong_side_if_asked_for(wrong_gradient):
    true, wrong = (torch.tensor([value], requires_grad=True) for value in (-1.0, -1.2))
    preference_losses(true, wrong, GraphUseOptions(wrong_gradient=wrong_gradient)).sum().backward()
    assert float(true.grad) < 0
    assert (wrong.grad is not None and float(wrong.grad) > 0) == wrong_gradient


def test_a_pair_beyond_the_clip_teaches_nothing():
    true, wrong = (torch.tensor([value], requires_grad=True) for value in (-1.0, -2.5))
    preference_losses(true, wrong, GraphUseOptions(clip=1.0)).sum().backward()
    assert (float(true.grad), float(wrong.grad)) == (0, 0)


def test_samples_without_a_wrong_graph_are_counted_and_left_out():
    model, processor, _ = setting()
    alike = [conversation([smiles], "What is it?", "Ethanol.") for smiles in ("CCO", "OCC")]
    batch = collate(processor, alike)
    options = GraphUseOptions(preference_weight=1)
    loss, parts = graph_preference_loss(model, batch, options=options, generator=generator())
    assert (parts.pairs, parts.skipped) == (0, 2)
    torch.testing.assert_close(loss, model(**batch).loss)
    loss.backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters() if parameter.grad is not None)


def test_the_same_seed_gives_the_same_loss():
    model, processor, _ = setting()
    batch, options = collate(processor), GraphUseOptions(preference_weight=1, perturbation="atoms")
    losses = [
        float(graph_preference_loss(model, batch, options=options, generator=generator(seed))[0]) for seed in (1, 1, 2)
    ]
    assert losses[0] == losses[1] != losses[2]


def test_the_preference_counts_by_its_share_of_the_steps_tokens():
    model, processor, _ = setting()
    batch, options = collate(processor), GraphUseOptions(preference_weight=1)
    whole, _ = graph_preference_loss(model, batch, options=options, generator=generator())
    own = int((batch["labels"] != -100).sum())
    half, _ = graph_preference_loss(
        model, batch, options=options, generator=generator(), num_items_in_batch=torch.tensor(2 * own)
    )
    torch.testing.assert_close(half, whole / 2)
    assert share_of_step(batch, None) == 1


def test_batches_without_labels_are_refused():
    model, processor, _ = setting()
    batch = {name: value for name, value in collate(processor).items() if name != "labels"}
    with pytest.raises(ValueError, match="has no 'labels'"):
        graph_preference_loss(model, batch, options=GraphUseOptions(), generator=generator())


def test_text_only_batches_have_no_preference():
    model, processor, _ = setting()
    batch = collate(processor, [CONVERSATIONS[1]])
    loss, parts = graph_preference_loss(
        model, batch, options=GraphUseOptions(preference_weight=1), generator=generator()
    )
    torch.testing.assert_close(loss, model(**batch).loss)
    assert (parts.pairs, parts.skipped) == (0, 0)
