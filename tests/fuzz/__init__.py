"""Mutated inputs for all that reads what a user gives, and the laws that hold for each. `python -m tests.fuzz`."""
