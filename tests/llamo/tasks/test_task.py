"""A question is put into the wording of its task."""

from llamo.tasks import Example, Fields, get_task

TOX21 = get_task("tox21")


def test_the_first_wording_is_that_of_evaluation():
    example = TOX21.ask(3, Fields(("C",), "No", {"assay": "x"}, "NR-AR"))
    assert example == Example(
        3, ("C",), "Is this molecule active in the Tox21 assay for x? Answer Yes or No.", "No", "NR-AR"
    )


def test_drawn_wordings_are_all_used_and_the_same_each_time():
    fields = Fields(("C",), "No", {"assay": "x"})
    drawn = [TOX21.ask(row, fields, draw_seed=1).prompt for row in range(30)]
    assert drawn == [TOX21.ask(row, fields, draw_seed=1).prompt for row in range(30)]
    assert set(drawn) == {prompt.replace("{assay}", "x") for prompt in TOX21.prompts}


def test_braces_in_what_is_filled_in_stay():
    task = get_task("questions")
    assert task.ask(0, Fields(("C",), "1", {"question": "Is {x} a set?"})).prompt == "Is {x} a set?"


def test_a_reaction_is_one_text():
    assert Example(0, ("CCO", "CCCl"), "", "").smiles == "CCO>>CCCl"
