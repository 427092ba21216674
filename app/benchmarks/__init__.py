"""Benchmarks: questions about pictures, and what models scored."""
