"""Benchmarks: a judge is asked about pictures, and its answers are kept and scored."""
