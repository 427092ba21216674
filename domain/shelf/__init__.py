"""What people name and put away: each name once, nothing ever deleted."""
