"""Writes docs/settings.md and docs/commands.md from the code: `python -m docs.generate`.

With `--check` it writes nothing and fails over pages that are not up to date. A contract test does
so in a process of its own, for click keeps the help option with which a command was first called.
"""

import re
import sys
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import click

from app.settings import WebSettings
from cli.main import ggez
from domain.settings import Settings
from workers.settings import WorkerSettings

DOCS = Path(__file__).parent
ROOT = DOCS.parent

_SECTIONS: tuple[tuple[str, str, type[Settings]], ...] = (
    ("Everywhere", "Read by the web, the workers and the terminal.", Settings),
    ("Web", "Read by the web processes.", WebSettings),
    ("Workers", "Read by the workers and beat.", WorkerSettings),
)

_SETTINGS_HEAD = """\
# Settings

<!-- Written by docs/generate.py from the settings classes. -->

Settings come from the environment when a process starts, or from files of the same name in lower
case in `/run/secrets`. `ggez up` hands them to everything it starts.
"""

_SETTINGS_TAIL = """
## Not ours, but read

| Name | What it is |
| --- | --- |
| `PROMETHEUS_MULTIPROC_DIR` | An empty folder in which several web processes count their \
requests together. `ggez up` sets it. |
| `CUDA_VISIBLE_DEVICES` | Which devices a worker sees. `ggez up` starts one worker per device. |
| `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL` | For artifacts in S3. |
"""

_COMMANDS_HEAD = """\
# Commands

<!-- Written by docs/generate.py from the Makefile and the help texts. -->

"""


def describe_settings() -> str:
    parts = [_SETTINGS_HEAD]
    for title, sentence, settings in _SECTIONS:
        names = [name for name in settings.model_fields if _is_own(settings, name)]
        lines = [
            f"\n## {title}\n\n{sentence}\n",
            "| Name | Default | What it is |",
            "| --- | --- | --- |",
        ]
        lines += [_describe_setting(settings, name) for name in names]
        parts.append("\n".join(lines) + "\n")
    return "".join(parts) + _SETTINGS_TAIL


def _is_own(settings: type[Settings], name: str) -> bool:
    return settings is Settings or name not in Settings.model_fields


def _describe_setting(settings: type[Settings], name: str) -> str:
    field = settings.model_fields[name]
    assert field.description, f"{settings.__name__}.{name} has no description."
    choices = _list_choices(field.annotation)
    what = field.description + (f" One of {choices}." if choices else "")
    return f"| `GGEZ_{name.upper()}` | {_spell(field.default)} | {what} |"


def _list_choices(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is UnionType:
        return next(filter(None, map(_list_choices, get_args(annotation))), "")
    return ""


def _spell(default: object) -> str:
    if isinstance(default, tuple):
        default = ",".join(str(part) for part in default)
    return f"`{default}`" if default not in ("", None) else "empty"


def describe_commands() -> str:
    make = "\n".join(f"| `make {name}` | {what} |" for name, what in list_targets().items())
    parts = [_COMMANDS_HEAD, f"## make\n\n| Command | What it does |\n| --- | --- |\n{make}\n"]
    for path, command in list_commands():
        context = click.Context(
            command, info_name=path, terminal_width=88, help_option_names=["-h", "--help"]
        )
        parts.append(f"\n## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "".join(parts)


def list_targets() -> dict[str, str]:
    """Make target -> what it does, as `make help` says it."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z-]+):.*## (.+)$", text, flags=re.MULTILINE))


def list_commands() -> list[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    found: list[tuple[str, click.Command]] = []
    waiting: list[tuple[str, click.Command]] = [("ggez", ggez)]
    while waiting:
        path, command = waiting.pop(0)
        found.append((path, command))
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=path)
            inner = [
                (name, command.get_command(context, name))
                for name in command.list_commands(context)
            ]
            waiting = [(f"{path} {name}", each) for name, each in inner if each] + waiting
    return found


def pages() -> dict[Path, str]:
    return {
        DOCS / "settings.md": describe_settings(),
        DOCS / "commands.md": describe_commands(),
    }


def list_stale() -> list[str]:
    return [path.name for path, text in pages().items() if path.read_text(encoding="utf-8") != text]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(f"Run: python -m docs.generate. Stale: {stale}" if (stale := list_stale()) else 0)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
