"""Reads one region file. YAML of the safe kind, and stricter than usual: no key twice, no
references, and no word is a truth value (the country NO would be one).
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from domain.regions.errors import RegionFileWrong
from specs.region import Region

MOST_BYTES = 4 * 2**20
_BOOLEAN = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # untyped there
            raise yaml.composer.ComposerError(None, None, "references are not used here", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the loader's own signature
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Region:
    """From memory while the file is as it was."""
    state = path.stat()
    if state.st_size > MOST_BYTES:
        raise RegionFileWrong(path, f"it is larger than {MOST_BYTES:,} bytes.")
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, _changed_ns: int, _size: int) -> Region:
    try:
        values = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader, above
    except UnicodeDecodeError as error:
        raise RegionFileWrong(path, "it is not UTF-8.") from error
    except yaml.YAMLError as error:
        raise RegionFileWrong(path, _explain(error)) from error
    if not isinstance(values, dict):
        raise RegionFileWrong(path, "it does not hold fields and values.")
    try:
        return Region.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        raise RegionFileWrong(path, f"{where}: {reason}." if where else f"{reason}.") from error


def _explain(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}."
    return "it is not YAML."
