"""A model's card, and its way to the HuggingFace Hub. Knows folders and records of runs, loads no model."""
