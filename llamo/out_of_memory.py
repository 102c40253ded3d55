"""Whether an error says that memory ran out, of a GPU or of the machine. Imports nothing: commands start fast."""

_WORDS = ("out of memory", "not enough memory", "can't allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Python's own error, torch's of a GPU, or one in the words of torch, CUDA or the system."""
    is_named = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return is_named or any(words in str(error).lower() for words in _WORDS)
