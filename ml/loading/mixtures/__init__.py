"""What stands between two models: the arithmetic, and mixtures in the place where one computes."""
