"""Every setting, command and make target is documented, and the documents say what is so."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import PACKAGES, ROOT, Source


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


def test_every_command_has_an_example(generate: ModuleType) -> None:
    without = [
        path
        for path, command in generate.list_commands()
        if "Example" not in f"{command.help} {command.epilog}"
    ]
    assert not without, f"Give them `epilog='Example: ...'`: {without}"


def test_every_make_target_says_what_it_does(generate: ModuleType) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert targets == set(generate.list_targets())


def test_every_environment_name_in_the_code_is_a_documented_one(source: Source) -> None:
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = {
        name
        for path in source.modules()
        for name in re.findall(r"\bGGEZ_[A-Z][A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    unknown = {name for name in named if f"`{name}`" not in settings}
    assert not unknown, f"No setting has these names: {unknown}"


def documents() -> list[Path]:
    """What people read, and what they copy to change it: its comments name files as well."""
    texts = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    return texts + [
        each for name in ("recipes", "presets") for each in sorted((ROOT / name).glob("*.yaml"))
    ]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_file_names_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert not [link for link in links if not (path.parent / link).exists()]
    folders = "|".join((*PACKAGES, "tests", "docs", "deploy", "migrations", "recipes", "presets"))
    named = re.findall(rf"(?<![\w/.:-])((?:{folders})/[\w/.-]+\.\w+)", text)
    assert not [name for name in named if not (ROOT / name).exists()]


def test_decisions_are_numbered_and_have_their_four_parts() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for path in decisions:
        titles = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert titles == ["Context", "Decision", "Consequences", "Alternatives"], path.name
