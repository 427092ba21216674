"""What was measured on: when it is the same, and how sentences call it."""

from collections.abc import Mapping

from stats.tables import show


def identify(value: object) -> object:
    """A data set or quiz is what its digest says, whatever it is called."""
    return value["digest"] if isinstance(value, Mapping) else value


def call(value: object) -> str:
    """Of a data set or quiz, its name, and as much of its digest as tells two of a name apart."""
    if isinstance(value, Mapping):
        return f"'{show(str(value['name']))}' ({str(value['digest'])[:12]})"
    if isinstance(value, str):
        return f"'{show(value)}'"
    return "none" if value is None else str(value)
