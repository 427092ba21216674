"""Random keys that are shown once: the caller gets the text, the database its SHA-256.

A plain digest is enough for these: nobody guesses 256 random bits, so there is nothing that a
slow hash would protect. Passwords are another matter (passwords.py).
"""

import hashlib
import secrets


def make(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
