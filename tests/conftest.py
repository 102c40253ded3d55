"""What holds for every test: no network, and one thread: on such tiny models threads cost more than they bring."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch and numpy read this when they are first imported
