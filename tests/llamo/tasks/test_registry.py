"""Tasks are found by name and in files."""

import subprocess
import sys

import pytest

from llamo.tasks import get_task, task_names

FILE = """
from dataclasses import replace
from llamo.tasks import get_task
TASKS = [replace(get_task("esol"), name=name) for name in ({names})]
"""


def test_the_tasks_of_the_package_are_these():
    assert task_names() == [
        "bace",
        "bbbp",
        "description-chebi20",
        "description-mol-instructions",
        "description-pubchem324k",
        "esol",
        "forward-reaction",
        "freesolv",
        "iupac",
        "lipophilicity",
        "molecule-design",
        "multiple-choice",
        "qm9",
        "qm9-gap",
        "qm9-homo",
        "qm9-lumo",
        "questions",
        "reagents",
        "retrosynthesis",
        "tox21",
    ]


@pytest.mark.parametrize("name", task_names())
def test_a_task_says_what_it_is(name):
    task = get_task(name)
    assert task.name == name
    assert task.title and task.licence
    assert list(task.splits) == ["train", "validation", "test"]
    assert len(set(task.prompts)) >= 3
    assert len({prompt.count("<graph>") for prompt in task.prompts}) == 1


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"unknown task 'essol'; give one of bace, .*tox21, or .*did you mean esol\?"):
        get_task("essol")


def test_a_file_defines_a_task(tmp_path):
    path = tmp_path / "my_task.py"
    path.write_text(FILE.format(names="'mine',"))
    assert get_task(str(path)).name == "mine"


def test_one_of_several_in_a_file_is_named(tmp_path):
    path = tmp_path / "my_tasks.py"
    path.write_text(FILE.format(names="'mine', 'yours'"))
    assert get_task(f"{path}:yours").name == "yours"
    with pytest.raises(ValueError, match="defines mine, yours; name one, such as"):
        get_task(str(path))
    with pytest.raises(ValueError, match="no task 'hers'; it defines mine, yours"):
        get_task(f"{path}:hers")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = 1", "defines neither TASK nor TASKS"),
        ("import nothing_of_the_kind", "cannot be imported: ModuleNotFoundError: No module named"),
    ],
)
def test_a_file_without_a_task_is_refused(tmp_path, content, message):
    (tmp_path / "my_task.py").write_text(content)
    with pytest.raises(ValueError, match=message) as raised:
        get_task(str(tmp_path / "my_task.py"))
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named():
    with pytest.raises(ValueError, match=r"nowhere/my_task\.py: no such file"):
        get_task("nowhere/my_task.py")


def test_the_list_of_tasks_needs_neither_rdkit_nor_datasets_nor_nltk():
    code = (
        "import sys; from llamo.tasks import task_names; task_names(); "
        "print([name for name in ('rdkit', 'datasets', 'nltk') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
