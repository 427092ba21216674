"""The `ggez` command. Each subcommand is a module of this package, loaded when it is called.

A new one: a module `cli/<name>.py` with a click command called `<name>`, and a line in COMMANDS.
"""

import importlib
from typing import Any

import click

from cli import errors

COMMANDS = {
    "up": "Start everything on this machine and print where it is.",
    "down": "Stop what `up` started.",
    "status": "Say what runs on this data folder.",
    "doctor": "Check this machine and say how to mend what is missing.",
    "user": "Add people, list them, and let them in with one-time links.",
    "token": "Make, list and revoke API tokens. A token may do what its person may do.",
    "jobs": "Run jobs, watch them, and change the queue.",
    "backup": "Write the whole instance into one file.",
    "restore": "Make a data folder anew from a backup.",
}


class LazyGroup(click.Group):
    """Help and completion come from COMMANDS, so that `ggez --help` loads no database driver."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command), "COMMANDS names modules with such a command."
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with errors.as_sentences(with_traceback=False):
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with errors.as_sentences(with_traceback=ctx.params["traceback"]):
            return super().invoke(ctx)


@click.group(
    cls=LazyGroup,
    epilog="Example: ggez up --data ./var",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="ggez", prog_name="ggez")
@click.option("--traceback", is_flag=True, help="Show where an unexpected error happened.")
def ggez(*, traceback: bool) -> None:
    """Adapt image and vision-language models to a region, and prove the effect."""


def main() -> None:
    ggez(prog_name="ggez")


if __name__ == "__main__":
    main()
