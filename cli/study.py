"""`ggez study`: what studies are there, closing one, and taking its evidence out as files."""

from pathlib import Path
from typing import Any

import click

from cli import database
from cli.options import data_option, json_option
from cli.terminal import output
from domain.ratings import queries
from domain.results import export as ratings
from domain.results import service as results
from domain.results.errors import NotAnalysed
from domain.results.rules import Options
from domain.shelf import queries as shelf
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.models import Study
from reports.files import study as study_file
from reports.files import tables

_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group(epilog="Example: ggez study export 'Breakfast dishes' --ratings ratings.csv")
def study() -> None:
    """List studies, close one, and take out what it found."""


@study.command("list", epilog="Example: ggez study list --json")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@data_option
@json_option
def list_(*, limit: int, data: Path, as_json: bool) -> None:
    """List studies with how far they are, the newest first."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        rows = shelf.list_rows(session, Study, limit=limit)
        summaries = queries.summarize(session, [row.id for row in rows])
        found: list[dict[str, Any]] = [
            {
                "name": row.name,
                "state": row.state,
                "ratings": summaries[row.id].num_primary,
                "wanted": summaries[row.id].num_wanted,
                "raters": summaries[row.id].num_raters,
                "id": row.id,
            }
            for row in rows
        ]
    if as_json:
        output.print_items(found)
        return
    header = ("NAME", "STATE", "RATINGS", "WANTED", "RATERS", "ID")
    output.print_table(header, [list(row.values()) for row in found])


@study.command(epilog="Example: ggez study close 'Breakfast dishes'")
@click.argument("name")
@data_option
def close(*, name: str, data: Path) -> None:
    """Close a study for good: nobody rates any more, and effects by arm are open."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        opening.close(session, studies.get_by_name(session, name), actor=None)
    click.echo(f"'{name}' is closed.")


@study.command(epilog="Example: ggez study export 'Breakfast dishes' --ratings ratings.csv")
@click.argument("name")
@click.option("--ratings", "ratings_file", type=_OUT, help="The ratings that count, as CSV.")
@click.option("--report", "report_file", type=_OUT, help="All that was found, for 'ggez report'.")
@click.option(
    "--who",
    type=click.Choice(["people", "simulated"]),
    default="people",
    show_default=True,
    help="Whose ratings; they are never mixed.",
)
@data_option
def export(
    *, name: str, ratings_file: Path | None, report_file: Path | None, who: Any, data: Path
) -> None:
    """Write what a study found. While effects are sealed, nothing in it is by arm."""
    if ratings_file is None and report_file is None:
        raise click.UsageError("Say what to write: --ratings or --report.")
    options = Options(who=who)
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        found = studies.get_by_name(session, name)
        if ratings_file is not None:
            columns = ratings.make(session, found, options)
            ratings_file.write_bytes(tables.write_csv(columns))
            click.echo(f"{ratings_file}: {len(columns['value']):,} values")
        if report_file is not None:
            shown = results.show(session, found, options, settings)
            if shown is None:
                raise NotAnalysed(name)
            report_file.write_bytes(study_file.write(shown.report))
            click.echo(f"{report_file}: the report of {shown.report.made_on}")
