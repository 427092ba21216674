"""Taking in quizzes, which then stand among the benchmarks."""
