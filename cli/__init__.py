"""The terminal door: the `ggez` command."""
