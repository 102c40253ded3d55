"""Where recorded reference data may lie; tests that need it skip where it is absent."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
GOLDEN = Path(os.environ.get("LLAMO_RECORDED", REPOSITORY.parent / "shared" / "golden"))
DATA = REPOSITORY.parent / "shared" / "data"
