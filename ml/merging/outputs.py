"""The folders that merges are written to: the base's, with other weights in one component."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from ml import files
from ml.loading import headers, weights
from ml.merging.models import Model

CARD, RECIPE, MERGEKIT = "README.md", "merge.json", "mergekit.yml"
_BASE_CARD = "README.base.md"
_WEIGHTS = headers.PICKLE_SUFFIXES | {
    ".safetensors", ".gguf", ".h5", ".msgpack", ".onnx", ".onnx_data", ".pb"
}  # fmt: skip


def check_room(folder: Path, base: Model, num_merges: int) -> None:
    needed = num_merges * sum(file.size_bytes for file in base.files)
    files.check_room(folder, needed, "the merges")


def lay_out(base: Model, folder: Path) -> dict[Path, Path]:
    """Put everything that is not merged into `folder`. Returns where each file of the merged
    weights shall be written.
    """
    targets = {file.path: folder / _locate(base, file.path) for file in base.files}
    for path in filter(partial(_is_carried, base), _list_unmerged(base)):
        name = path.relative_to(base.path)
        place = folder / (_BASE_CARD if str(name) == CARD else name)
        files.place(path, place)
    for target in targets.values():
        target.parent.mkdir(parents=True, exist_ok=True)
    return targets


def list_left_out(base: Model) -> list[str]:
    """Weights of the base that no merge was made of and that would stand beside it as if they
    belonged there: other variants, other formats.
    """
    return sorted(
        path.relative_to(base.path).as_posix()
        for path in _list_unmerged(base)
        if not _is_carried(base, path)
    )


def _locate(base: Model, path: Path) -> Path:
    return Path(path.name) if base.folder is None else path.relative_to(base.path)


def _list_unmerged(base: Model) -> Iterator[Path]:
    """Beside what is merged, an adapter that is part of it included."""
    if base.folder is None:
        return
    merged = {file.path for file in base.files}
    for path in _walk(base.path):
        is_own = base.own is not None and path.is_relative_to(base.own.root)
        if path not in merged and not is_own:
            yield path


def _is_carried(base: Model, path: Path) -> bool:
    if path.parent == base.path and path.name in (RECIPE, MERGEKIT):
        return False
    suffix = path.suffix.lower()
    if suffix in headers.PICKLE_SUFFIXES:
        return False
    if path.parent in (base.path, base.folder) and suffix in _WEIGHTS:
        return False
    if weights.is_of_adapter_within(base.path, path):
        return False
    return path.parent != base.folder or not _is_index_of_others(base, path)


def _is_index_of_others(base: Model, path: Path) -> bool:
    if ".safetensors.index" not in path.name:
        return path.name.endswith(".index.json")
    named = set(json.loads(path.read_text("utf-8")).get("weight_map", {}).values())
    return not named <= {file.path.name for file in base.files}


def _walk(folder: Path) -> Iterator[Path]:
    """Files, without those whose name, or whose folder's name, begins with a dot."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in _walk(folder))


def rename_all(pairs: Sequence[tuple[Path, Path]]) -> None:
    for part, target in pairs:
        part.rename(target)
