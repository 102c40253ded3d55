"""The compact LLaMo that ships with the package: its data, its training, and where its weights are."""
