"""What holds for every test: no network, and one thread: on such tiny models threads cost more than they bring."""

import os
from importlib.util import find_spec

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch and numpy read this when they are first imported

# Files of tests that import what only extras bring.
_NEED = {
    "bitsandbytes": ["benchmarks/test_gpu.py"],
    "fastapi": [
        f"llamo/serving/test_{name}.py"
        for name in ("abuse", "app", "chat", "connections", "drawing", "explanations", "server")
    ],
    "openai": [
        *(f"llamo/serving/test_{name}.py" for name in ("app", "chat", "page", "page_in_browser", "presence", "server")),
        *(f"llamo/baselines/test_{name}.py" for name in ("chat_client", "endpoint", "endpoint_kill")),
        "llamo/instructions/test_endpoint_writer.py",
    ],
    "sklearn": [
        "llamo/checking/test_review.py",
        "llamo/evaluation/test_calibration.py",
        "llamo/metrics/test_classification.py",
        "llamo/metrics/test_numbers.py",
    ],
}
_LACKING = [name for name in _NEED if find_spec(name) is None]
collect_ignore = sorted({path for name in _LACKING for path in _NEED[name]})


def pytest_report_header() -> list[str]:
    return [f"left out without {', '.join(_LACKING)}: {', '.join(collect_ignore)}"] if _LACKING else []
