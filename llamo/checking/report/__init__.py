"""The report of a check: one HTML file with drawings, and the same as JSON."""
