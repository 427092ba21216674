"""Passwords: what is accepted, and argon2id. Unknown people cost the same time as known ones."""

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.users.errors import PasswordIsAddress, PasswordLengthWrong, PasswordMonotonous

MIN_LENGTH = 10
MAX_LENGTH = 200
_FEWEST_DIFFERENT = 4

_hasher = PasswordHasher()
# Each computation takes 64 MiB: a crowd at the door must wait in line, not eat the machine.
_places = threading.BoundedSemaphore(4)


def check_fitness(password: str, *, email: str) -> None:
    """Length is what counts; composition rules only make people write passwords down."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordLengthWrong(MIN_LENGTH, MAX_LENGTH)
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise PasswordMonotonous(_FEWEST_DIFFERENT)
    if password.lower() in (email, email.partition("@")[0]):
        raise PasswordIsAddress


def make_hash(password: str) -> str:
    with _places:
        return _hasher.hash(password)


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return make_hash("nobody has this password")


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the right one. Without a hash the same work is done, for the answer no."""
    hash_to_try = password_hash or _hash_of_nobody()
    try:
        with _places:
            _hasher.verify(hash_to_try, password[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
