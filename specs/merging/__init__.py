"""The ways of merging two sets of weights: one frozen model per method."""
