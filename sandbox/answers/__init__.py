"""Questions and answers about the drawn world, and what is known of its things."""
