"""`llamo analyze graph-use`: what the language model takes from the graph, by task and by part; graph preference."""
