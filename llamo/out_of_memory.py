"""Whether an error says that memory ran out, of a GPU or of the machine. Imports nothing: commands start fast."""

_WORDS = ("out of memory", "not enough memory", "can't allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Python's own error, or one in the words of torch, CUDA or the system."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _WORDS)
