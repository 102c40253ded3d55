"""QM9."""

from llamo.tasks import get_task, open_examples


def test_a_row_asks_for_three_properties_as_groups(folder):
    examples = open_examples(get_task("qm9"), "test", data_folder=folder)
    assert [(example.group, example.target) for example in examples[:3]] == [
        ("homo", "-0.2500"),
        ("lumo", "0.0501"),
        ("gap", "0.3000"),
    ]
    assert "(HOMO) of this molecule in Hartree?" in examples[0].prompt


def test_one_property_alone_has_the_same_molecules_and_prompts(folder):
    every = open_examples(get_task("qm9"), "test", data_folder=folder)
    gaps = open_examples(get_task("qm9-gap"), "test", data_folder=folder)
    expected = [(one.smiles, one.prompt, one.target) for one in every if one.group == "gap"]
    assert [(one.smiles, one.prompt, one.target) for one in gaps] == expected


def test_the_hub_s_canonical_smiles_are_taken(tmp_path):
    path = tmp_path / "hub.jsonl"
    path.write_text('{"smiles": "[H]O[H]", "canonical_smiles": "O", "homo": -0.2928, "lumo": 0.0687, "gap": 0.3615}\n')
    examples = open_examples(get_task("qm9-homo"), data_file=path)
    assert (examples[0].molecules, examples[0].target) == (("O",), "-0.2928")


def test_the_unit_is_in_every_wording():
    task = get_task("qm9")
    assert task.unit == "Hartree"
    assert all("Hartree" in prompt for prompt in task.prompts)
