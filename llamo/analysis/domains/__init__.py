"""Does what LLaMo learns on one kind of molecules hold for others? With its graph, its SMILES, or similar captions."""
