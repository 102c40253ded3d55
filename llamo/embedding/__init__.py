"""Molecules as vectors."""

from llamo.embedding.vectors import embed

__all__ = ["embed"]
