"""The demo: a tiny LLaMo trained from scratch, saved, reloaded and asked about molecules it has never seen."""
