"""Where a person goes after signing in: back to a page of ours, never to another site."""

from urllib.parse import urlsplit

HOME = "/"


def read_next(wanted: str | None) -> str:
    r"""The path if it is one of ours, else home. Browsers read '\' as '/', drop tabs and
    newlines, and take '//host' for another site.
    """
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return HOME
    if "\\" in wanted or any(ord(letter) <= ord(" ") for letter in wanted):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else wanted
