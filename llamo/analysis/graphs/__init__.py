"""LLaMo beyond chemistry: questions about graphs of any kind, read as a graph, as an edge list, or as both."""
