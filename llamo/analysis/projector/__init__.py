"""`llamo analyze projector`: the paper's projector ablation at a small scale, attention per level, tokens per level."""
