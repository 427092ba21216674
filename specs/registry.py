"""All job kinds. What a new one consists of is listed in CONTRIBUTING.md; tests hold the parts
together.
"""

import importlib
from collections.abc import Iterable

from specs.dataset_import import DatasetImport
from specs.job import JobSpec
from specs.system_check import SystemCheck

_KINDS: dict[str, type[JobSpec]] = {spec.kind: spec for spec in (DatasetImport, SystemCheck)}


class UnknownKind(ValueError):
    def __init__(self, kind: str) -> None:
        known = ", ".join(sorted(_KINDS))
        super().__init__(f"There is no job kind '{kind}'. The kinds are: {known}.")


def register(spec: type[JobSpec]) -> type[JobSpec]:
    """Add a kind from outside the product (setting GGEZ_KIND_MODULES)."""
    _KINDS[spec.kind] = spec
    return spec


def load_modules(modules: Iterable[str]) -> None:
    """Import the modules that register further kinds."""
    for module in modules:
        importlib.import_module(module)


def find_spec(kind: str) -> type[JobSpec]:
    try:
        return _KINDS[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def list_specs() -> list[type[JobSpec]]:
    return [_KINDS[kind] for kind in sorted(_KINDS)]
