"""What several jobs found, side by side: the 2x2 of answers, data ablations, ways to distil."""
