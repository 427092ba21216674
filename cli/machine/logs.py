"""Every process writes into its own file, and onto the terminal with its name in front."""

import contextlib
import os
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

import click

_MAX_SIZE_BYTES = 20 * 1024 * 1024
_COLOURS = ("cyan", "magenta", "blue", "yellow", "green")
_NAME_WIDTH = 10


@dataclass
class LogRelay:
    folder: Path
    echo: bool = True
    """Whether what the processes say is also shown here; their files have it in any case."""
    _colours: dict[str, str] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """A line of our own."""
        self._show("ggez", sentence)

    def follow(self, name: str, running: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Relay what this process says until it, and all who inherited its pipe, are gone."""
        assert running.stdout is not None, "Started with output=PIPE."
        thread = threading.Thread(
            target=self._relay, args=(name, running.stdout), name=f"log-{name}", daemon=True
        )
        thread.start()
        return running

    def find_last_words(self, name: str) -> str:
        """The last line in the log of this process: with Python that names the error."""
        path = self.folder / f"{name}.log"
        lines = path.read_text(errors="replace").split("\n") if path.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def _relay(self, name: str, source: IO[bytes]) -> None:
        path = self.folder / f"{name}.log"
        with source, _Rotating(path) as file:
            for line in source:
                file.write(line)
                if self.echo:
                    self._show(name, line.decode(errors="replace").rstrip("\n"))

    def _show(self, name: str, text: str) -> None:
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        # The terminal may be gone by now; the processes must not stop because nobody looks.
        with contextlib.suppress(OSError):
            click.echo(f"{click.style(name.ljust(_NAME_WIDTH), fg=colour)} | {text}")


class _Rotating:
    """A log file that is renamed to `<name>.log.1` when it is full: at most two of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, line: bytes) -> None:
        if self._file.tell() > _MAX_SIZE_BYTES:
            self._file.close()
            self._path.rename(self._path.with_name(self._path.name + ".1"))
            self._file = self._open()
        self._file.write(line)

    def _open(self) -> IO[bytes]:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "ab", buffering=0)
