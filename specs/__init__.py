"""Pydantic only: the one source for forms, typed JSON, command-line options and arguments."""
