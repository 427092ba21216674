"""Other ways to the gradients of a step than one pass back through all of it."""
