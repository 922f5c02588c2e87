"""Measurements of the server: throughput, latency, memory."""
