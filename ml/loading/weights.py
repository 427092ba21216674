"""What kind of model lies in a folder, part by part, and which files hold its weights.

Three layouts: a pipeline of diffusers (model_index.json and a folder per component), one model of
transformers or diffusers (config.json), and plain *.safetensors; besides them a LoRA. Only files
that would be loaded are looked at; of those, pickles are refused by name and by content, files that
are not whole are refused, and so are links that lead out of the folder. Knows no torch.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ml.datasets.problems import shown
from ml.loading import headers
from ml.loading.problems import UnfitModel

Kind = Literal["pipeline", "component", "transformers", "lora", "plain"]

INDEX = ".safetensors.index.json"
LORA_FILES = ("pytorch_lora_weights.safetensors", "adapter_model.safetensors")
LORA_SETTINGS = "adapter_config.json"
_LIBRARIES = frozenset({"diffusers", "transformers"})
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_WIDTH_OF_SD2 = 1024


@dataclass(frozen=True)
class Component:
    name: str  # "" for a folder that is one model
    folder: Path
    library: str  # "" where nothing says so
    class_name: str
    variant: str | None  # such as fp16, of diffusion_pytorch_model.fp16.safetensors
    files: tuple[Path, ...]  # of weights; none for tokenizers and schedulers


@dataclass(frozen=True)
class Layout:
    kind: Kind
    family: str  # sdxl, sd15, sd2, clip ...; what decides who can use it
    class_name: str
    root: Path
    components: tuple[Component, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(file for component in self.components for file in component.files)

    @property
    def variant(self) -> str | None:
        return next((each.variant for each in self.components if each.variant), None)

    def find(self, name: str) -> Component:
        for component in self.components:
            if component.name == name:
                return component
        known = ", ".join(each.name for each in self.components if each.name) or "none"
        raise UnfitModel(
            f"'{shown(self.root.name)}' has no component '{shown(name)}'; it has: {known}."
        )


def check(path: Path) -> Layout:
    """Find the layout, and read the header of every weight file: the way in for every model."""
    layout = find_layout(path)
    for file in layout.files:
        headers.read(file, _name_in(layout.root, file))
    return layout


def find_layout(path: Path) -> Layout:
    name = shown(path.name)
    if path.is_file():
        return _lay_out_file(path)
    if not path.is_dir():
        raise UnfitModel(f"There is no model at '{shown(path)}'.")
    _check_links(path)
    if (path / "model_index.json").is_file():
        return _lay_out_pipeline(path)
    adapter = find_adapter(path)
    if adapter is not None:
        return adapter
    if (path / "config.json").is_file():
        return _lay_out_model(path)
    files = _choose_plain(path)
    if files:
        return Layout("plain", "plain", "", path, (Component("", path, "", "", None, files),))
    pickles = sorted(each.name for each in path.iterdir() if each.suffix in headers.PICKLE_SUFFIXES)
    if pickles:
        raise _refuse_pickle(name, pickles[0])
    raise UnfitModel(
        f"'{name}' holds no model: no model_index.json, no config.json and no *.safetensors."
    )


def find_adapter(folder: Path) -> Layout | None:
    for file in LORA_FILES:
        if (folder / file).is_file():
            part = Component("", folder, "", "LoRA", None, (folder / file,))
            return Layout("lora", "lora", "LoRA", folder, (part,))
    return None


def is_of_adapter_within(folder: Path, path: Path) -> bool:
    """Whether a file is of an adapter in a model's folder, which is for that model's weights."""
    return path.parent != folder and (path.parent / LORA_SETTINGS).is_file()


def read_json(path: Path) -> dict[str, Any]:
    name = shown(f"{path.parent.name}/{path.name}")
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UnfitModel(f"The model lacks the file '{name}'.") from error
    except (ValueError, RecursionError) as error:  # also for numbers of thousands of digits
        raise UnfitModel(f"'{name}' is not JSON: {str(error).rstrip('.')}.") from error
    if not isinstance(found, dict):
        raise UnfitModel(f"'{name}' holds no fields with values.")
    return found


def list_pickles(folder: Path) -> list[Path]:
    """By name and by content, wherever they lie and whether they would be loaded or not."""
    return [
        path for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (path.suffix.lower() in headers.PICKLE_SUFFIXES or headers.is_pickle(path))
    ]  # fmt: skip


def _lay_out_file(path: Path) -> Layout:
    if path.suffix in headers.PICKLE_SUFFIXES:
        raise _refuse_pickle(shown(path.parent.name), path.name)
    if path.suffix != ".safetensors":
        raise UnfitModel(f"'{shown(path.name)}' is not a *.safetensors file.")
    part = Component("", path.parent, "", "", None, (path,))
    return Layout("plain", "plain", "", path.parent, (part,))


def _lay_out_pipeline(root: Path) -> Layout:
    index = read_json(root / "model_index.json")
    class_name = index.get("_class_name")
    if not isinstance(class_name, str):
        raise UnfitModel(
            f"The pipeline '{shown(root.name)}' names code of its own as its class; only classes "
            "of diffusers are loaded."
        )
    components = tuple(
        _lay_out_component(root, name, *entry)
        for name, entry in index.items()
        if isinstance(entry, list) and len(entry) == 2 and entry[0] is not None  # noqa: PLR2004 - a pair
    )
    family = _name_family(class_name, components)
    return Layout("pipeline", family, class_name, root, components)


def _lay_out_component(root: Path, name: str, library: Any, class_name: Any) -> Component:
    if not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise UnfitModel(f"'{shown(name)}' is no name of a component.")
    # A word without a dot is a library, or a pipeline of diffusers that brings the class.
    if not isinstance(library, str) or "." in library or not isinstance(class_name, str):
        raise UnfitModel(
            f"Component '{name}' of '{shown(root.name)}' is code of its own ({shown(library)}); "
            "only classes of diffusers and transformers are loaded."
        )
    folder = root / name
    if (folder / f"{library}.py").exists() or (folder / f"{name}.py").exists():
        raise UnfitModel(f"Component '{name}' of '{shown(root.name)}' brings code; it is not run.")
    if not folder.is_dir():
        raise UnfitModel(f"The model lacks the folder '{name}', which model_index.json names.")
    if not (folder / "config.json").is_file():  # tokenizers, schedulers, image processors
        return Component(name, folder, library, class_name, None, ())
    variant, files = choose_weights(folder, f"{root.name}/{name}")
    return Component(name, folder, library, class_name, variant, files)


def _lay_out_model(folder: Path) -> Layout:
    config = read_json(folder / "config.json")
    if "auto_map" in config:
        raise UnfitModel(
            f"'{shown(folder.name)}' brings code of its own (auto_map in config.json); it is not "
            "run. Models of classes that transformers itself has can be used."
        )
    variant, files = choose_weights(folder, folder.name)
    class_name = config.get("_class_name")
    if isinstance(class_name, str):
        part = Component("", folder, "diffusers", class_name, variant, files)
        return Layout("component", class_name.lower(), class_name, folder, (part,))
    names = config.get("architectures") or [""]
    class_name, family = str(names[0]), str(config.get("model_type") or "transformers")
    part = Component("", folder, "transformers", class_name, variant, files)
    return Layout("transformers", family, class_name, folder, (part,))


def _name_family(class_name: str, components: tuple[Component, ...]) -> str:
    if class_name.startswith("StableDiffusionXL"):
        return "sdxl"
    if class_name != "StableDiffusionPipeline":
        return class_name.removesuffix("Pipeline").lower()
    unet = next((each for each in components if each.name == "unet"), None)
    width = read_json(unet.folder / "config.json").get("cross_attention_dim") if unet else None
    return "sd2" if width == _WIDTH_OF_SD2 else "sd15"


def choose_weights(folder: Path, name: str) -> tuple[str | None, tuple[Path, ...]]:
    """The weight files that would be loaded, and their variant: the plain one if there is one."""
    found: dict[str | None, list[Path]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        _, _, suffix = _SHARD.sub("", path.name.removesuffix(".safetensors")).partition(".")
        found.setdefault(suffix or None, []).append(path)
    if not found:
        pickles = sorted(each.name for each in folder.iterdir() if each.suffix in (".bin", ".ckpt"))
        if pickles:
            raise _refuse_pickle(shown(name), pickles[0])
        raise UnfitModel(f"'{shown(name)}' holds no weights (*.safetensors).")
    if None not in found and len(found) > 1:
        variants = ", ".join(sorted(str(each) for each in found))
        raise UnfitModel(
            f"'{shown(name)}' holds its weights in the variants {variants}; keep one of them."
        )
    variant = None if None in found else next(iter(found))
    files = found[variant]
    indices = [each for each in _list_indices(folder) if _index_variant(each) == variant]
    if indices:
        return variant, _read_index(indices[0], name)
    if len(files) > 1:
        raise UnfitModel(
            f"'{shown(name)}' holds {len(files)} weight files and no index (*{INDEX}) that says "
            "what lies where."
        )
    return variant, tuple(files)


def _choose_plain(folder: Path) -> tuple[Path, ...]:
    indices = _list_indices(folder)
    if indices:
        return _read_index(indices[0], folder.name)
    return tuple(sorted(folder.glob("*.safetensors")))


def _list_indices(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors.index*.json"))


def _index_variant(path: Path) -> str | None:
    """`x.safetensors.index.fp16.json` is diffusers' way of saying it."""
    return (
        path.name.partition(".safetensors.index")[2].strip(".").removesuffix("json").strip(".")
        or None
    )


def _read_index(path: Path, name: str) -> tuple[Path, ...]:
    weight_map = read_json(path).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise UnfitModel(f"'{shown(name)}/{path.name}' names no weights.")
    files = []
    for file in sorted(set(map(str, weight_map.values()))):
        if Path(file).name != file or not file.endswith(".safetensors"):
            raise UnfitModel(
                f"'{shown(name)}/{path.name}' names '{shown(file)}', which is no safetensors file "
                "beside it."
            )
        if not (path.parent / file).is_file():
            raise UnfitModel(f"'{shown(name)}' lacks the shard '{shown(file)}'. Copy it anew.")
        files.append(path.parent / file)
    return tuple(files)


def _check_links(root: Path) -> None:
    inside = _find_confines(root)
    for path in _walk(root):
        name = shown(_name_in(root, path))
        if not path.exists():  # also where links lead round in a circle
            raise UnfitModel(f"'{name}' is a link that leads nowhere.")
        if path.is_symlink():
            target = path.resolve()
            if not target.is_relative_to(inside):
                raise UnfitModel(f"'{name}' is a link that leads outside the model's folder.")
            # Such links may lead round in a circle, and whoever follows them never ends.
            if target.is_dir() and any(
                each.is_symlink() and each.is_dir() for each in _walk(target)
            ):
                raise UnfitModel(f"'{name}' is a link to a folder that holds links to folders.")
        if not path.is_file() and not path.is_dir():
            raise UnfitModel(f"'{name}' is neither a file nor a folder.")


def _find_confines(root: Path) -> Path:
    """The folder itself; in a hub's cache, where files are links into blobs/, the one of both."""
    whole = root.resolve()
    repository = whole.parent.parent
    if whole.parent.name == "snapshots" and (repository / "blobs").is_dir():
        return repository
    return whole


def _walk(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _name_in(root: Path, path: Path) -> str:
    return (Path(root.name) / path.relative_to(root)).as_posix()


def _refuse_pickle(name: str, file: str) -> UnfitModel:
    return UnfitModel(
        f"'{name}' holds its weights as a pickle ('{shown(file)}'). Loading a pickle may run "
        "anything, so weights are read from safetensors only. Save the model as safetensors first."
    )
