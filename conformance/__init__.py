"""The conformance suite: a program of its own that tests any A2A endpoint by its URL."""
