"""Reactions."""

from hypothesis import given
from hypothesis import strategies as st

from llamo.tasks import get_task, open_examples
from llamo.tasks.reactions import mixed
from tests.llamo.tasks.files import ALCOHOLS

FRAGMENTS = st.lists(st.sampled_from(["C", "CC", "[Na+]", "[OH-]", "c1ccccc1"]), min_size=1, max_size=6)


@given(FRAGMENTS, FRAGMENTS, st.randoms())
def test_mixing_keeps_every_molecule_and_forgets_sides_and_order(reactants, reagents, random):
    together = mixed(".".join(reactants), ".".join(reagents))
    assert sorted(together.split(".")) == sorted(reactants + reagents)
    shuffled = random.sample(reactants + reagents, len(reactants + reagents))
    assert mixed(".".join(shuffled), "") == together


def test_mixing_tells_nothing_by_its_order():
    firsts = {mixed("C" * size + "O", "Cl").split(".")[0] == "Cl" for size in range(1, 20)}
    assert firsts == {True, False}


def test_the_forward_question_has_one_graph_of_all_molecules(folder):
    example = open_examples(get_task("forward-reaction"), data_folder=folder)[0]
    (molecules,) = example.molecules
    assert sorted(molecules.split(".")) == sorted([ALCOHOLS[19], "Cl", "[Na+]", "[OH-]"])
    assert example.target == f"{ALCOHOLS[19][:-1]}Cl"


def test_retrosynthesis_goes_from_product_to_reactants(folder):
    example = open_examples(get_task("retrosynthesis"), data_folder=folder)[0]
    assert (example.molecules, example.target) == ((f"{ALCOHOLS[2][:-1]}Cl",), f"{ALCOHOLS[2]}.Cl")


def test_reagents_are_asked_for_between_two_graphs(folder):
    example = open_examples(get_task("reagents"), data_folder=folder)[0]
    assert example.molecules == (f"{ALCOHOLS[19]}.Cl", f"{ALCOHOLS[19][:-1]}Cl")
    assert example.prompt.count("<graph>") == 2
    assert example.target == "[Na+].[OH-]"


def test_a_reaction_without_reagents_is_left_out_of_their_task_alone(folder):
    examples = open_examples(get_task("reagents"), data_folder=folder)
    assert [(bad.row, bad.category, bad.reason) for bad in examples.left_out] == [
        (6, "empty_output", "no reagents are known of this reaction")
    ]
    assert open_examples(get_task("forward-reaction"), data_folder=folder)[-1].smiles == "CCBr"


def test_no_product_is_trained_on_and_tested(folder):
    train = open_examples(get_task("forward-reaction"), "train", data_folder=folder)
    validation, test = (
        open_examples(get_task("forward-reaction"), s, data_folder=folder) for s in ("validation", "test")
    )
    assert {one.target for one in train}.isdisjoint({one.target for one in [*validation, *test]})
    assert (len(train), len(validation)) == (18, 2)
