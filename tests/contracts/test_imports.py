"""The directions of imports hold. The contracts themselves stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Source

TOO_HEAVY_FOR_THE_WEB = (
    "torch",
    "transformers",
    "diffusers",
    "peft",
    "accelerate",
    "pandas",
    "altair",
    "scipy.stats",
)


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_import_contract_is_kept(source: Source) -> None:
    done = run(
        "-c",
        "import sys; from importlinter.cli import lint_imports; "
        "sys.exit(lint_imports(cache_dir=None))",
        folder=source.root,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# Imports that go through third-party packages are invisible to import-linter: ask Python itself.
@pytest.mark.parametrize(
    "module",
    [
        "app.main",
        "domain.tables",
        "specs.registry",
        "reports",
        "stats",
        "pixels.bare",
        "cli.main",
    ],
)
def test_it_comes_up_without_anything_heavy(module: str, source: Source) -> None:
    done = run(
        "-c",
        f"import sys, {module}\nprint(sorted(set(sys.modules) & set({TOO_HEAVY_FOR_THE_WEB!r})))",
        folder=source.root,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]", f"{module} loads {done.stdout}: import it where it is used."


def test_the_command_line_starts_without_database_and_queue(source: Source) -> None:
    done = run(
        "-c",
        "import sys, cli.main\n"
        "print(sorted(set(sys.modules) & {'sqlalchemy', 'celery', 'alembic', 'fastapi'}))",
        folder=source.root,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]", "Each command imports what it needs when it runs."
