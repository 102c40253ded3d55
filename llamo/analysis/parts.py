"""Finished parts of a long analysis, a JSON file each, so that a killed run goes on. Knows numbers only."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llamo.whole_files import write_whole


class Parts:
    """Parts in a folder. A part is computed once; again only where its settings are other ones.

    Args:
        folder: of the files; made with the first.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def get(self, name: str, settings: Mapping[str, Any], make: Callable[[], Any]) -> Any:
        """The numbers of a part, from its file if that was made with these settings, else from `make`."""
        path = self.folder / f"{name}.json"
        settings = json.loads(json.dumps(settings))
        if path.is_file():
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["settings"] == settings:
                return kept["numbers"]
        text = json.dumps({"settings": settings, "numbers": make()}, allow_nan=False)
        write_whole(path, text)
        return json.loads(text)["numbers"]
