"""One module per way of turning answers into scores."""
