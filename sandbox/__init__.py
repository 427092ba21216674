"""A small drawn world in which the whole method runs in minutes."""
