"""Ways of turning answers into a score. Scores of different modes are not comparable."""
