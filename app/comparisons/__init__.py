"""What several jobs found, side by side: all such comparisons in one list."""
