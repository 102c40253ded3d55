"""Molecules in files, names and arguments, one row each; and tables of answers, row by row. Knows RDKit, no model."""
