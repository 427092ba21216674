"""`ggez jobs run KIND`: one subcommand per job kind, its options made from the kind's fields.

What is done with a wish is in launch.py, which is loaded when there is one: help and mistakes in
the options do not wait for a database's libraries.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from cli.jobs import options
from cli.options import data_option, json_option
from domain.settings import Settings
from specs import registry
from specs.job import JobSpec


@dataclass(frozen=True, kw_only=True)
class Wish:
    spec: JobSpec
    fresh: bool
    priority: int
    data: Path
    as_json: bool


class _Kinds(click.Group):
    """The kinds of the registry, also those of GGEZ_KIND_MODULES."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        registry.load_modules(Settings().kind_modules)
        return [spec_type.kind for spec_type in registry.list_specs()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        registry.load_modules(Settings().kind_modules)
        try:
            return make_command(registry.find_spec(cmd_name))
        except registry.UnknownKind as error:
            raise click.UsageError(str(error), ctx) from error


@click.group(
    cls=_Kinds,
    subcommand_metavar="KIND [OPTIONS]",
    epilog="Example: ggez jobs run system.check --spec check.yaml --disk-mb 16 --wait",
)
def run() -> None:
    """Put a job into the queue. The options are the fields of its specification."""


def make_command(spec_type: type[JobSpec]) -> click.Command:
    @click.option(
        "--spec",
        "file",
        type=click.File(encoding="utf-8"),
        metavar="FILE",
        help="Take the fields from this JSON or YAML file, '-' for stdin; options come on top.",
    )
    @click.option("--wait", is_flag=True, help="Show how it goes, and return when it has ended.")
    @click.option("--fresh", is_flag=True, help="Compute even if the same was computed before.")
    @click.option(
        "--priority",
        type=options.PRIORITY,
        default=100,
        show_default=True,
        help="Lower numbers start first.",
    )
    @data_option
    @json_option
    def command(
        *,
        file: IO[str] | None,
        wait: bool,
        fresh: bool,
        priority: int,
        data: Path,
        as_json: bool,
        **given: Any,
    ) -> None:
        values = options.read_file(file, spec_type.kind) if file else {}
        wish = Wish(
            spec=spec_type.model_validate(values | options.collect(given)),
            fresh=fresh,
            priority=priority,
            data=data,
            as_json=as_json,
        )
        launch = importlib.import_module("cli.jobs.launch")
        launch.enqueue_and_wait(wish) if wait else launch.enqueue(wish)

    made = click.command(
        spec_type.kind,
        help=f"{spec_type.label}. {spec_type.summary}",
        short_help=f"{spec_type.label}.",
        epilog=f"Example: {_example(spec_type)}",
    )(command)
    made.params[:0] = options.make(spec_type)
    return made


def _example(spec_type: type[JobSpec]) -> str:
    needs_more = any(field.is_required() for field in spec_type.model_fields.values())
    file = f" --spec {spec_type.kind.replace('.', '-')}.yaml" if needs_more else ""
    return f"ggez jobs run {spec_type.kind}{file} --wait"
