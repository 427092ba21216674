"""One specification per stage of a filter."""
