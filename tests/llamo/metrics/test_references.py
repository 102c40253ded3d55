"""The error about a reference."""

from llamo.metrics.references import reference_error


def test_the_error_names_row_value_expectation_and_remedy():
    assert str(reference_error(3, "?", "yes or no")) == (
        "references, row 3: got '?', expected yes or no; correct it or leave it out"
    )
