"""Training data: from files, folders and Hub data sets to encoded rows, with every bad row and every leak on record.

Importing this is cheap: `datasets` and RDKit load when a name is first used. See docs/data.md for the schema.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llamo.data.bad_row import BadRow, RowError
    from llamo.data.encoding import EncodedSource, encode_rows, encode_source
    from llamo.data.leakage import LeakageCheck, check_leakage, held_out_structures
    from llamo.data.mixture import mix
    from llamo.data.on_the_fly import OnTheFlyDataset
    from llamo.data.provenance import fingerprint
    from llamo.data.reading import open_rows, open_source
    from llamo.data.report import BadRowReport
    from llamo.data.schema import to_messages
    from llamo.data.sources import DataSource
    from llamo.data.summary import SourceSummary, total

_HOMES = {
    "BadRow": "bad_row",
    "BadRowReport": "report",
    "DataSource": "sources",
    "EncodedSource": "encoding",
    "LeakageCheck": "leakage",
    "OnTheFlyDataset": "on_the_fly",
    "RowError": "bad_row",
    "SourceSummary": "summary",
    "check_leakage": "leakage",
    "encode_rows": "encoding",
    "encode_source": "encoding",
    "fingerprint": "provenance",
    "held_out_structures": "leakage",
    "mix": "mixture",
    "open_rows": "reading",
    "open_source": "reading",
    "to_messages": "schema",
    "total": "summary",
}

__all__ = [
    "BadRow",
    "BadRowReport",
    "DataSource",
    "EncodedSource",
    "LeakageCheck",
    "OnTheFlyDataset",
    "RowError",
    "SourceSummary",
    "check_leakage",
    "encode_rows",
    "encode_source",
    "fingerprint",
    "held_out_structures",
    "mix",
    "open_rows",
    "open_source",
    "to_messages",
    "total",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'llamo.data' has no attribute {name!r}")
    return getattr(import_module(f"llamo.data.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
