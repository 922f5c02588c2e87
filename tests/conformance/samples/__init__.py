"""The reports as they should be; `python -m tests.conformance.samples` writes them anew."""
