"""The targets by name, and their shares of the inputs: what is slow gets fewer."""

from pathlib import Path

from tests.fuzz.running import Target
from tests.fuzz.seeds import molecules

SHARES = {
    "molecules": 0.50,
    "graphs": 0.30,
    "requests": 0.08,
    "conversations": 0.08,
    "files": 0.02,
    "prompts": 0.015,
    "app": 0.005,
}


def make_target(name: str, data: Path | None = None) -> Target:
    """A target, with real molecules to mutate."""
    seeds = molecules(data)
    if name == "molecules":
        from tests.fuzz.molecule_target import MoleculeTarget

        return MoleculeTarget(seeds)
    if name == "graphs":
        from tests.fuzz.graph_target import GraphTarget

        return GraphTarget(seeds)
    if name == "prompts":
        from tests.fuzz.prompt_target import PromptTarget

        return PromptTarget(seeds)
    if name == "conversations":
        from tests.fuzz.conversation_target import ConversationTarget

        return ConversationTarget(seeds)
    if name == "files":
        from tests.fuzz.file_target import FileTarget

        return FileTarget(seeds)
    from tests.fuzz.request_target import AppTarget, RequestTarget

    return AppTarget(seeds) if name == "app" else RequestTarget(seeds)
