"""`llamo serve`: an OpenAI-compatible server around one model. Importing this loads nothing."""
