"""Who is in, and what they may do."""
