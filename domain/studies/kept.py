"""What cannot change any more, kept in memory by its key: at most so many, the oldest go first."""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Value]):
    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Value] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """From memory, else as it is read now. Two who come at once may both read: the same."""
        found = self._values.get(key)
        if found is not None:
            return found
        value = read()
        self._keep(key, value)
        return value

    def get_all(
        self, keys: Iterable[Key], read: Callable[[Sequence[Key]], Mapping[Key, Value]]
    ) -> dict[Key, Value]:
        """The same of many: those that are not in memory are read at once."""
        found = {key: self._values.get(key) for key in keys}
        missing = [key for key, value in found.items() if value is None]
        fresh = read(missing) if missing else {}
        for key, value in fresh.items():
            self._keep(key, value)
        known = {key: value for key, value in found.items() if value is not None}
        return known | dict(fresh)

    def _keep(self, key: Hashable, value: Value) -> None:
        with self._lock:
            while len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[key] = value
