"""Where recorded reference data may lie; tests that need it skip where it is absent."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
GOLDEN = REPOSITORY.parent / "shared" / "golden"
