"""One small file per metric, as `evaluate.load` wants them: each names its scorer. One import per line."""
