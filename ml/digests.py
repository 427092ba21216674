"""SHA-256 of files, in one pass and little memory."""

import hashlib
from pathlib import Path


def of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_folder(folder: Path) -> str:
    """Equal names and contents, equal digest, whatever the order on disk."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(folder).as_posix()}\0{of_file(path)}\n".encode())
    return whole.hexdigest()


def of_path(path: Path) -> str:
    return of_folder(path) if path.is_dir() else of_file(path)


def of_weights(folder: Path) -> dict[str, str]:
    """Of each file of them."""
    return {path.name: of_file(path) for path in sorted(folder.glob("*.safetensors"))}
