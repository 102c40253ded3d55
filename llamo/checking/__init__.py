"""Checks conversations about molecules: form, chemistry, support, diversity, leakage. Knows no language model.

What RDKit and OPSIN can decide is decided; what they cannot is counted as unchecked, never as right. See
docs/instructions.md.
"""

from llamo.checking.check import CheckOptions, CheckResult, check
from llamo.checking.conversation import Context, Conversation, Turn
from llamo.checking.finding import Finding, Verdict
from llamo.checking.reading import read_conversations

__all__ = [
    "CheckOptions",
    "CheckResult",
    "Context",
    "Conversation",
    "Finding",
    "Turn",
    "Verdict",
    "check",
    "read_conversations",
]
