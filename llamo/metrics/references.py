"""What is said of a reference that cannot be scored against. Knows no metric."""


def reference_error(row: int, text: str, expected: str) -> ValueError:
    """Place, value and remedy in one line."""
    return ValueError(f"references, row {row}: got {text!r}, expected {expected}; correct it or leave it out")
