"""What was trained, written as others read it, and what is told of it."""
