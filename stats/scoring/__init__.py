"""Scores of yes/no benchmarks whose questions depend on each other."""
