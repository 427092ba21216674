"""One module per job kind: what to load before, what to compute, what to record after."""
