"""From the released LLaMo checkpoint to a HuggingFace folder and back; weights stay on disk until they are written."""
