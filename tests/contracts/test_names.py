"""Names say what a thing is. These say nothing, and collect whatever nobody could place."""

from .conftest import Source

FORBIDDEN = frozenset(
    {"utils", "util", "common", "helpers", "helper", "core", "misc", "base", "manager", "handler",
     "handlers", "managers"}
)  # fmt: skip


def test_no_module_or_package_has_a_name_that_says_nothing(source: Source) -> None:
    named = {
        source.name(path)
        for path in source.modules()
        for part in path.relative_to(source.root).with_suffix("").parts
        if part in FORBIDDEN
    }
    assert not named, f"Name them after the thing they hold: {sorted(named)}"


def test_no_template_folder_has_a_name_that_says_nothing(source: Source) -> None:
    named = {
        source.name(path)
        for path in (source.root / "templates").rglob("*")
        if path.stem in FORBIDDEN
    }
    assert not named, f"Name them after the page or part they draw: {sorted(named)}"
