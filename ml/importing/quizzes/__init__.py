"""Importing quizzes: published benchmarks and our own tables become questions with pictures."""
