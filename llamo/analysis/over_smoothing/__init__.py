"""How alike node states become with depth, why they do not collapse, and what the projector reads of each level."""
