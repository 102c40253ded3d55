"""A talk with a model about molecules, in the terminal."""
