import threading
from pathlib import Path

import pytest

from cli.plain import reading_ahead


def test_every_file_of_weights_is_read_and_what_is_missing_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model" / "unet"
    model.mkdir(parents=True)
    for name in ("a.safetensors", "b.safetensors", "config.json"):
        (model / name).write_bytes(b"x" * 10)
    single = tmp_path / "single.safetensors"
    single.write_bytes(b"y")
    opened: list[str] = []
    real = Path.open

    def watch(path: Path, *args: object, **options: object) -> object:
        opened.append(path.name)
        return real(path, *args, **options)  # type: ignore[arg-type,call-overload]

    monkeypatch.setattr(Path, "open", watch)
    before = set(threading.enumerate())
    reading_ahead.begin([str(tmp_path / "model"), str(single), str(tmp_path / "gone"), None])
    for thread in set(threading.enumerate()) - before:
        thread.join()

    assert opened == ["a.safetensors", "b.safetensors", "single.safetensors"]


def test_a_folder_that_goes_while_it_is_looked_through_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanish(path: Path, pattern: str) -> object:
        raise FileNotFoundError(path / pattern)

    monkeypatch.setattr(Path, "rglob", vanish)
    before = set(threading.enumerate())
    reading_ahead.begin([str(tmp_path)])
    for thread in set(threading.enumerate()) - before:
        thread.join()  # what it raised, pytest would make an error of
