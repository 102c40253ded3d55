"""What holds for every test: no network, and threads that do not fight each other when tests run in parallel."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
if "PYTEST_XDIST_WORKER" in os.environ:  # torch and numpy read this when they are first imported
    os.environ["OMP_NUM_THREADS"] = "1"
