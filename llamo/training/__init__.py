"""Training by recipe: stages, what trains in each, graph use, checkpoints that survive a kill, what a run leaves."""
