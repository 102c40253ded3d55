"""What came of one abuse: how often it was tried, and which laws broke."""

import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.serving_abuse.wire import Reply

# What no reply may tell: our files, a traceback, an exception's class.
_SECRETS = re.compile(
    "|".join(
        [
            "Traceback",
            'File \\"',
            r"site-packages|Error\(",
            *(re.escape(str(one)) for one in (Path(__file__).parents[2], Path.home(), tempfile.gettempdir())),
        ]
    )
)
# What stands in faults as a path that must not come out.
SECRET_PATH = os.path.join(tempfile.gettempdir(), "secret", "model.py")


@dataclass
class Outcome:
    """One line of the table.

    Attributes:
        what: was tried.
        tried: number of times.
        broken: laws that did not hold, each in a few words.
        numbers: that were measured.
    """

    what: str
    tried: int = 0
    broken: list[str] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)

    def expect(self, is_kept: object, said: str):
        """Notes a law that broke."""
        if not is_kept:
            self.broken.append(said)

    def take(self, reply: Reply, *statuses: int, called: str = ""):
        """Looks at a reply: its status, that it is whole, and that it tells no secret and lets no other origin in."""
        self.tried += 1
        called = called or self.what
        self.expect(reply.status in statuses, f"{called}: status {reply.status} {reply.body[:80]!r}")
        is_closed = reply.header("connection") == "close"
        self.expect(reply.is_whole or (is_closed and reply.body), f"{called}: cut")
        text = (reply.head + reply.body).decode("utf-8", "replace")
        if reply.status >= 400:
            self.expect(not (found := _SECRETS.search(text)), f"{called}: tells {found and found[0]!r}")
        self.expect("access-control-" not in text.lower(), f"{called}: CORS headers")
