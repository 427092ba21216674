"""Quizzes come in here; they are benchmarks, and looked at there."""
