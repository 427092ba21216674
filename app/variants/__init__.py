"""Models: where they come from, what they scored, what they draw; side by side."""
