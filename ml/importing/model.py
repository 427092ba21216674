"""Takes in a model: checks every weight file, links or copies the folder, and says what it is.

Out come model/ (the folder as it was, without what is hidden) and model.json. A model of one file
becomes a folder with that file. Nothing of the model is run, and torch is not needed.
"""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets.problems import shown
from ml.loading import headers, hub, weights
from ml.loading.problems import UnfitModel
from ml.loading.weights import Component
from ml.progress import Progress, word
from specs.kinds.model.model_import import ModelImport

FOLDER = "model"
_PIECE_BYTES = 4 * 2**20


def import_model(
    spec: ModelImport,
    *,
    path: str,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    allow_hub: bool = False,
) -> dict[str, Any]:
    """`path` is where the model lies on this machine, or its name on a hub."""
    source, revision = _find(path, state_dir, progress, allow_hub=allow_hub)
    layout = weights.check(source)
    chosen = _list_files(source)
    _refuse_pickles(source, chosen)
    target = out_dir / FOLDER
    for file, name in chosen.items():
        progress.check()
        files.place(file, target / name)
    made = {name: target / name for name in chosen.values()}
    size_bytes = sum(each.stat().st_size for each in made.values())
    facts = {
        "name": spec.name,
        "source": spec.source,
        "revision": revision,
        "licence": spec.licence,
        "folder": FOLDER,
        "kind": layout.kind,
        "family": layout.family,
        "class_name": layout.class_name,
        "components": [_describe(each) for each in layout.components],
        "num_files": len(made),
        "size_bytes": size_bytes,
        "digest": _digest(made, size_bytes, progress),
    }
    files.write_json(out_dir / "model.json", facts)
    return facts


def _find(
    path: str, state_dir: Path, progress: Progress, *, allow_hub: bool
) -> tuple[Path, str | None]:
    """The folder or file, and the commit of a hub."""
    if not hub.is_name(path):
        return Path(path), None
    name = hub.read_name(path)
    if not allow_hub:
        raise hub.NoHub(
            f"'{name}' lies on a hub, and this installation asks none (GGEZ_MODEL_HUB). Download "
            "the model and name its folder."
        )
    return hub.fetch(name, state_dir / "hub", progress)


def _list_files(source: Path) -> dict[Path, str]:
    """Every file -> its name in the new folder. Hidden ones are a tool's, not the model's."""
    if source.is_file():
        return {source: source.name}
    names = {path: path.relative_to(source) for path in sorted(source.rglob("*"))}
    return {
        path: name.as_posix() for path, name in names.items()
        if path.is_file() and not any(part.startswith(".") for part in name.parts)
    }  # fmt: skip


def _refuse_pickles(source: Path, chosen: dict[Path, str]) -> None:
    """Also those that would not be loaded: whoever gets the folder later may load them."""
    found = [
        name for path, name in chosen.items()
        if path.suffix.lower() in headers.PICKLE_SUFFIXES or headers.is_pickle(path)
    ]  # fmt: skip
    if found:
        raise UnfitModel(
            f"'{shown(source.name)}' holds {len(found)} pickles, the first is '{shown(found[0])}'. "
            "Loading a pickle may run anything, so a model with one is not taken in. Remove them; "
            "the safetensors beside them are enough."
        )


def _describe(component: Component) -> dict[str, Any]:
    read = [headers.read(file) for file in component.files]
    places = [place for each in read for place in each.tensors.values()]
    return {
        "name": component.name,
        "library": component.library,
        "class_name": component.class_name,
        "variant": component.variant,
        "num_files": len(read),
        "num_tensors": len(places),
        "size_bytes": sum(each.size_bytes for each in read),
        "dtypes": dict(sorted(Counter(place.dtype for place in places).items())),
    }


def _digest(made: dict[str, Path], size_bytes: int, progress: Progress) -> str:
    """As ml.digests has it of a folder; asked often enough whether to stop."""
    whole, done = hashlib.sha256(), 0
    for name, path in sorted(made.items(), key=lambda each: each[1]):
        one = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE_BYTES):
                progress.check()
                one.update(piece)
                done += len(piece)
                progress.update(done / 1e6, size_bytes / 1e6, unit=word("MB"), message=shown(name))
        whole.update(f"{name}\0{one.hexdigest()}\n".encode())
    return whole.hexdigest()
