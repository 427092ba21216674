"""What stands between two models: the arithmetic, what adapters add, and mixtures in the place
where one computes.
"""
