"""How the released model was trained to be addressed: options of `LlamoProcessor.released`."""

from pathlib import Path
from typing import Any

RELEASED_TEMPLATE = Path(__file__).with_name("released_template.jinja")
RELEASED_OPTIONS: dict[str, Any] = {
    "keep_stereo": False,
    "max_smiles_length": 128,
    "parse_special_tokens": True,
    "smiles_position": "turn",
    "strip_around_graphs": True,
    "system_message": "The following is a conversation between a curious human and AI assistant.",
}
