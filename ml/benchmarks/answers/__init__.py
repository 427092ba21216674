"""Benchmarks of answers: what models said to a quiz, scored and compared."""
