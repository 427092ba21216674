import importlib
import json
import subprocess
import sys
from pathlib import Path

import click
import pydantic
import pytest
from click.testing import CliRunner

from cli import errors
from cli.main import PLACES, ggez
from domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable


class StudyClosed(Conflict): ...


def commands_below(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    return [
        found
        for name, below in command.commands.items()
        for found in commands_below(below, f"{path} {name}")
    ]


def all_commands() -> list[tuple[str, click.Command]]:
    return [
        found
        for name, place in PLACES.items()
        for found in commands_below(getattr(importlib.import_module(place.module), name), name)
    ]


def run(*words: str) -> "click.testing.Result":
    return CliRunner().invoke(ggez, list(words), prog_name="ggez")


@pytest.mark.parametrize(("path", "command"), all_commands())
def test_every_command_explains_itself_with_an_example(path: str, command: click.Command) -> None:
    assert command.help
    assert f"ggez {path}" in f"{command.help} {command.epilog}"
    assert command.name == path.rpartition(" ")[2]


def test_help_lists_every_command_and_loads_no_database() -> None:
    code = (
        "import sys; from cli.main import ggez; ggez(['--help'], standalone_mode=False); "
        "sys.exit(any(m in sys.modules for m in ('sqlalchemy', 'celery', 'psycopg')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in PLACES)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'. See 'ggez --help'.\n"),
        (["--nonsense"], "No such option '--nonsense'. See 'ggez --help'.\n"),
        (
            ["up", "--port", "x"],
            "Invalid value for '--port': 'x' is not a valid integer. See 'ggez up --help'.\n",
        ),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_exit_code_2(
    words: list[str], sentence: str
) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (Invalid("Wrong."), 2),
        (NotFound("Gone."), 1),
        (Conflict("Busy."), 1),
        (StudyClosed("Closed."), 1),
        (Forbidden("No."), 1),
        (Unavailable("Away."), 1),
        (DomainError("Something."), 1),
    ],
)
def test_every_kind_of_error_has_its_exit_code(error: DomainError, exit_code: int) -> None:
    failure = errors.translate(error)
    assert failure.exit_code == exit_code
    assert failure.format_message() == str(error)


def test_settings_that_do_not_fit_are_bad_input() -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        pydantic.TypeAdapter(int).validate_python("many")
    failure = errors.translate(caught.value)
    assert failure.exit_code == 2
    assert "The input does not fit: input: Input should be a valid integer" in str(failure)


def test_a_mistake_of_ours_is_one_sentence_and_shows_where_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("cli.machine.instance.find_running", break_down)
    plain = run("status")
    assert plain.exit_code == 1
    assert plain.stderr.splitlines() == [
        "GG-EZ made a mistake (KeyError: 'surprise'); 'ggez --traceback ...' shows where."
    ]
    full = run("--traceback", "status")
    assert "break_down" in full.stderr


def test_status_of_nothing_is_a_sentence_or_json(tmp_path: Path) -> None:
    data = tmp_path / "var"
    assert run("status", "--data", str(data)).stdout == (
        f"Nothing runs on the data folder {data}.\n"
    )
    said = json.loads(run("status", "--data", str(data), "--json").stdout)
    assert said["running"] is False
    assert not data.exists(), "asking makes nothing"


def test_down_of_nothing_says_so_and_is_no_failure(tmp_path: Path) -> None:
    result = run("down", "--data", str(tmp_path))
    assert result.exit_code == 0
    assert "Nothing runs on the data folder" in result.stdout
