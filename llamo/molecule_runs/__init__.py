"""A run over rows of molecules: read and written, shared by processes, kept as it comes, merged in order."""
