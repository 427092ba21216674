"""Plans of several jobs."""
