"""What the contracts look at: the source files and their syntax trees."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.web import app, client, make_client, sign_in, use_api, web_settings

# Fixtures, for the contracts that look at the running web.
__all__ = ["app", "client", "make_client", "sign_in", "use_api", "web_settings"]

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "app", "cli", "domain", "ml", "pixels", "reports", "sandbox", "specs", "stats", "workers",
)  # fmt: skip


class Source:
    """The checkout, read once."""

    root = ROOT
    packages = PACKAGES

    def modules(self, *folders: str) -> Iterator[Path]:
        for folder in folders or PACKAGES:
            yield from sorted((ROOT / folder).rglob("*.py"))

    def name(self, path: Path) -> str:
        return path.relative_to(ROOT).as_posix()

    @staticmethod
    @cache
    def tree(path: Path) -> ast.Module:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))

    def places(self, matches: Callable[[ast.AST], bool]) -> dict[str, list[int]]:
        """File -> lines of the nodes that match, over all packages."""
        found: dict[str, list[int]] = {}
        for path in self.modules():
            lines = [node.lineno for node in ast.walk(self.tree(path)) if matches(node)]  # type: ignore[attr-defined]  # only nodes with a line match
            if lines:
                found[self.name(path)] = lines
        return found


@pytest.fixture(scope="session")
def source() -> Source:
    return Source()
