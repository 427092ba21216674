"""A line of text, such as a name, as people write it into a field."""


def strip_line(value: str) -> str:
    """Without the space around it; what is not given at all stays so. Raises ValueError where
    nothing would be left, or where it is no line.
    """
    stripped = value.strip()
    if value and not stripped:
        raise ValueError("It must not be blank.")
    if not stripped.isprintable():
        raise ValueError("It must be one line of printable characters.")
    return stripped
