"""Commands, and what `specs` says, are one thing: options are fields, and examples are true."""

import shlex

import click
import pytest

from cli.jobs import jobs
from cli.jobs.run import make_command
from cli.main import ggez
from cli.terminal.groups import LazyGroup
from specs import fields, registry
from specs.job import JobSpec

OF_EVERY_KIND = {"--spec", "--wait", "--fresh", "--priority", "--data", "--json"}
OF_EVERY_COMMAND = {"--help", "-h"}
SPECS = registry.list_specs()


def all_commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    waiting: list[tuple[str, click.Command]] = [("ggez", ggez)]
    while waiting:
        path, command = waiting.pop(0)
        found.append((path, command))
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=path)
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None, f"{path} lists '{name}' and does not have it."
                waiting.append((f"{path} {name}", below))
    return found


COMMANDS = dict(all_commands())


def options_of(command: click.Command) -> dict[str, click.Option]:
    return {
        word: option
        for option in command.params
        if isinstance(option, click.Option)
        for word in (*option.opts, *option.secondary_opts)
    }


@pytest.mark.parametrize("spec_type", SPECS, ids=lambda spec: spec.kind)
def test_the_options_of_a_kind_are_its_fields(spec_type: type[JobSpec]) -> None:
    names = [field.name.replace("_", "-") for field in fields.describe(spec_type)]
    flags = [f.name.replace("_", "-") for f in fields.describe(spec_type) if f.widget == "checkbox"]
    wanted = [*(f"--{name}" for name in names), *(f"--no-{name}" for name in flags)]
    assert not set(wanted) & OF_EVERY_KIND, "A field may not be called like an option of all kinds."
    assert set(options_of(make_command(spec_type))) == {*wanted, *OF_EVERY_KIND}


@pytest.mark.parametrize("spec_type", SPECS, ids=lambda spec: spec.kind)
def test_an_option_says_what_its_field_says(spec_type: type[JobSpec]) -> None:
    options = options_of(make_command(spec_type))
    for field in fields.describe(spec_type):
        option = options[f"--{field.name.replace('_', '-')}"]
        assert option.help is not None
        assert option.help.startswith(field.help or field.label)
        assert option.multiple == (field.widget in ("list", "methods"))
        if field.choices:
            assert isinstance(option.type, click.Choice)
            assert tuple(option.type.choices) == field.choices


def test_every_kind_can_be_run() -> None:
    kinds = {path.split()[-1] for path in COMMANDS if path.startswith("ggez jobs run ")}
    assert kinds == {spec_type.kind for spec_type in SPECS}


@pytest.mark.parametrize("path", COMMANDS)
def test_an_example_is_of_its_command_and_fits_on_its_line(path: str) -> None:
    command = COMMANDS[path]
    example = (command.epilog or "").removeprefix("Example: ")
    assert example.startswith("ggez" if path == "ggez" else path), example
    # A command keeps the first help option it is asked for: the names must be those of the root.
    context = click.Context(
        command, info_name=path, terminal_width=80, help_option_names=["-h", "--help"]
    )
    text = command.get_help(context)
    assert f"Example: {example}" in text, "Shorten it: broken over two lines it cannot be copied."


@pytest.mark.parametrize("path", COMMANDS)
def test_an_example_uses_options_that_exist(path: str) -> None:
    words = shlex.split((COMMANDS[path].epilog or "").removeprefix("Example: "))
    known = {
        word
        for other, command in COMMANDS.items()
        if words[: len(other.split())] == other.split()
        for word in options_of(command)
    }
    used = {word for word in words if word.startswith("--") and len(word) > len("--")}
    assert used <= known | OF_EVERY_COMMAND


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_and_command_is_explained(path: str) -> None:
    assert COMMANDS[path].help
    silent = [word for word, option in options_of(COMMANDS[path]).items()
              if not option.help and not option.hidden]  # fmt: skip
    assert not silent, f"{path} does not explain {silent}."


def test_a_lazy_summary_is_what_the_command_says_of_itself() -> None:
    assert isinstance(jobs, LazyGroup)
    for name, place in jobs.places.items():
        told = COMMANDS[f"ggez jobs {name}"].help or ""
        assert told.startswith(place.summary), f"jobs {name}: '{place.summary}' is not '{told}'."
