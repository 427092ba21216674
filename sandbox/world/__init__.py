"""A small drawn world: things with a colour, a size, a place, a number and a background."""
