"""Replies of endpoints on disk, so that no question is asked twice. Knows keys and replies, no network."""

import json
import threading
from pathlib import Path

from transformers.utils import logging

from llamo.baselines.reply import Reply

logger = logging.get_logger(__name__)

FILE = "replies.jsonl"


class EndpointCache:
    """Replies by key: one line of JSON each, appended in one piece.

    A line that cannot be read, such as one that was cut off when a machine went down, is left out with a warning.

    Args:
        folder: made if it is not there.
    """

    def __init__(self, folder: str | Path):
        self.path = Path(folder) / FILE
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._replies: dict[str, Reply] = {}
        self._lock = threading.Lock()
        if self.path.exists():
            self._load(self.path.read_bytes())

    def _load(self, content: bytes):
        for number, line in enumerate(content.splitlines(), start=1):
            try:
                record = json.loads(line) if line else None
                if record is not None:
                    self._replies[record["key"]] = Reply(**record["reply"])
            except (ValueError, KeyError, TypeError):
                logger.warning(f"{self.path}, line {number} cannot be read and is left out; that is asked again")
        if content and not content.endswith(b"\n"):
            self._append(b"\n")

    def get(self, key: str) -> Reply | None:
        """The reply, if it is known."""
        return self._replies.get(key)

    def put(self, key: str, reply: Reply):
        """Keeps a reply. The system has it when this returns, so that killing the process loses nothing."""
        line = json.dumps({"key": key, "reply": reply.to_dict()}) + "\n"
        with self._lock:
            self._append(line.encode())
            self._replies[key] = reply

    def _append(self, line: bytes):
        with self.path.open("ab", buffering=0) as file:
            if file.write(line) != len(line):
                raise OSError(f"{self.path} cannot be written; is the disk full?")
