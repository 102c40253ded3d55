"""The typed, nested configuration of LLaMo. Knows no torch module and downloads nothing."""

from configuration.graph import LlamoGraphConfig
from configuration.llamo import LlamoConfig
from configuration.projector import LlamoProjectorConfig

__all__ = ["LlamoConfig", "LlamoGraphConfig", "LlamoProjectorConfig"]
