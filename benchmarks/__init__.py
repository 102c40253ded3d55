"""Measurements side by side: what LLaMo costs, beside something that does the same."""
