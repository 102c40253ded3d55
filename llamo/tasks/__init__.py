"""Tasks: questions about molecules with known answers, one small file each. See docs/tasks.md.

Importing this is cheap: a task's file is imported when the task, or the list of tasks, is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llamo.tasks.loading import Examples, open_examples
    from llamo.tasks.registry import get_task, task_names
    from llamo.tasks.task import Example, Fields, Split, Task

_HOMES = {
    "Example": "task",
    "Examples": "loading",
    "Fields": "task",
    "Split": "task",
    "Task": "task",
    "get_task": "registry",
    "open_examples": "loading",
    "task_names": "registry",
}

__all__ = ["Example", "Examples", "Fields", "Split", "Task", "get_task", "open_examples", "task_names"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'llamo.tasks' has no attribute {name!r}")
    return getattr(import_module(f"llamo.tasks.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
