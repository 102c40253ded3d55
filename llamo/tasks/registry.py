"""Tasks by name: those of this package, and those that a user's file defines. Imports them when they are asked for."""

import importlib.util
import pkgutil
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from llamo.tasks.task import Task


def task_names() -> list[str]:
    """Names of the tasks of this package, sorted."""
    return sorted(_built_in())


def get_task(name_or_path: str) -> Task:
    """A task by its name, or out of a Python file that defines `TASK` or `TASKS`.

    Args:
        name_or_path: such as `esol`, `path/to/my_task.py`, or, for one of several, `path/to/my_tasks.py:name`.

    Raises:
        ValueError: there is no such task or file, or the file defines none, or several.
    """
    path, is_file, name = name_or_path.partition(".py")
    if is_file and name[:1] in ("", ":"):
        return _from_file(Path(f"{path}.py"), name.removeprefix(":"))
    known = _built_in()
    if name_or_path not in known:
        nearest = get_close_matches(name_or_path, known, n=1, cutoff=0.4)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise ValueError(
            f"unknown task {name_or_path!r}; give one of {', '.join(sorted(known))}, or a .py file of your own{hint}"
        )
    return known[name_or_path]


@cache
def _built_in() -> dict[str, Task]:
    package = import_module("llamo.tasks")
    modules = (import_module(f"llamo.tasks.{found.name}") for found in pkgutil.iter_modules(package.__path__))
    return {task.name: task for module in modules for task in _tasks_of(module)}


def _tasks_of(module: ModuleType) -> list[Task]:
    return [*getattr(module, "TASKS", ()), *([module.TASK] if hasattr(module, "TASK") else [])]


def _from_file(path: Path, name: str) -> Task:
    if not path.expanduser().is_file():
        raise ValueError(f"{path}: no such file; give a task's name ({', '.join(task_names())}) or a .py file")
    found = {task.name: task for task in _tasks_of(_import_file(path.expanduser()))}
    if not found:
        raise ValueError(f"{path}: defines neither TASK nor TASKS; see docs/tasks.md")
    if not name and len(found) > 1:
        raise ValueError(f"{path}: defines {', '.join(found)}; name one, such as {path}:{next(iter(found))}")
    if name and name not in found:
        raise ValueError(f"{path}: no task {name!r}; it defines {', '.join(found)}")
    return found[name] if name else next(iter(found.values()))


def _import_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"llamo_task_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: Python cannot import it; give a .py file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path}: cannot be imported: {type(error).__name__}: {reason}; correct it") from error
    return module
