"""Refuses to start when a stranger's package hides one of ours: their names are generic."""

from importlib.util import find_spec
from os.path import dirname, realpath

_OURS = ("configuration", "modeling_llamo", "processors")


def refuse_shadowed_packages():
    """Raises ImportError naming the folder that hides ours, and the way out."""
    home = dirname(dirname(realpath(__file__)))
    for name in _OURS:
        spec = find_spec(name)
        origin = None if spec is None or spec.origin is None else realpath(spec.origin)
        if origin is None or dirname(dirname(origin)) != home:
            where = (
                "is missing"
                if spec is None
                else f"was found at {origin or list(spec.submodule_search_locations or [])}"
            )
            raise ImportError(
                f"llamo's own package {name!r} belongs in {home} but {where}; rename that folder or file, run from "
                f"another directory, or put {home} first on the Python path"
            )
