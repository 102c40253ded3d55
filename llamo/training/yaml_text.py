"""Values in YAML as people write them: `2e-4` is a number, as in YAML 1.2 and JSON; YAML 1.1 wants `2.0e-4`."""

import re
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with its own copy of the rules for plain words."""

    yaml_implicit_resolvers = {  # pyright: ignore[reportAssignmentType]
        first: list(rules) for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+\Z"), list("-+0123456789")
)


def read_yaml(text: str) -> Any:
    """Plain values of a YAML text.

    Raises:
        YAMLError: it is none.
    """
    return yaml.load(text, _Loader)  # a safe loader
