"""`ggez report`: what a study found, on paper and as files, from its JSON or from plain ratings."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from cli.options import levels_option, resamples_option, seed_option
from domain.results.computing import plain
from domain.results.computing.plain import Plan
from domain.results.report import Report
from domain.settings import find_version
from reports import codebook, figures
from reports.files import study, tables
from reports.files.tables import Format
from reports.language import EVERYWHERE
from reports.pdf import printing
from stats.agreement import ratings
from stats.tables import read_columns

_FORMATS: Mapping[str, Format] = {f".{name}": name for name in get_args(Format)}
_OUT = click.Path(dir_okay=False, path_type=Path)


def _check_format(
    _context: click.Context, _option: click.Parameter, path: Path | None
) -> Path | None:
    if path is not None and path.suffix.lower() not in _FORMATS:
        raise click.BadParameter(f"'{path.name}' ends in neither of {', '.join(_FORMATS)}.")
    return path


def _read_date(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    try:
        return None if text is None else dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is no date like 2026-05-31.") from error


@click.command(epilog="Example: ggez report ratings.csv --levels 1..3 --pdf report.pdf")
@click.argument(
    "source",
    metavar="STUDY.json|RATINGS.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--pdf", "pdf_file", type=_OUT, help="The report on paper.")
@click.option("--json", "json_file", type=_OUT, help="All of it, to be read again.")
@click.option(
    "--figures",
    "figures_file",
    type=_OUT,
    callback=_check_format,
    help="Every number as a table, .csv or .parquet.",
)
@click.option(
    "--codebook",
    "codebook_file",
    type=_OUT,
    callback=_check_format,
    help="What every column and measure is, .csv or .parquet.",
)
@click.option("--language", type=click.Choice(EVERYWHERE), default="en", show_default=True,
              help="Of the printed report.")  # fmt: skip
@click.option(
    "--date", callback=_read_date, help="On the report.  [default: the study's, or today]"
)
@click.option("--title", help="On the report.  [default: the study's, or the file's name]")
@click.option("--baseline", help="Of ratings: the arm that others are compared with.")
@levels_option(required=False)
@click.option("--simulated", is_flag=True, help="Of ratings: the raters were no people.")
@resamples_option
@seed_option
def report(
    *,
    source: Path,
    pdf_file: Path | None,
    json_file: Path | None,
    figures_file: Path | None,
    codebook_file: Path | None,
    language: str,
    **asked: Any,
) -> None:
    """Print what a study found, and write its numbers.

    From STUDY.json, a report that the platform or this command wrote, or from RATINGS.csv with the
    columns of `ggez agreement` and `ggez effects`. The same inputs give the same bytes.
    """
    if not any((pdf_file, json_file, figures_file, codebook_file)):
        raise click.UsageError("Say what to write: --pdf, --json, --figures or --codebook.")
    found = _read_study(source, asked) if _is_json(source) else _measure(source, asked)
    if pdf_file:
        _write(pdf_file, printing.make(found, language))
    if json_file:
        _write(json_file, study.write(found))
    if figures_file:
        _write_table(figures_file, figures.as_columns(figures.list_figures(found)))
    if codebook_file:
        _write_table(codebook_file, codebook.as_columns())


def _is_json(source: Path) -> bool:
    return source.suffix.lower() == ".json"


def _read_study(source: Path, asked: Mapping[str, Any]) -> Report:
    for name in ("levels", "baseline"):
        if asked[name] is not None:
            raise click.UsageError(f"--{name} is for ratings; '{source.name}' is a report.")
    found = study.read(source)
    return replace(
        found, title=asked["title"] or found.title, made_on=asked["date"] or found.made_on
    )


def _measure(source: Path, asked: Mapping[str, Any]) -> Report:
    levels: Sequence[float] | None = asked["levels"]
    if levels is None:
        raise click.UsageError("Ratings need --levels: the scale's levels, used or not.")
    plan = Plan(
        title=asked["title"] or source.stem,
        made_on=asked["date"] or dt.datetime.now(dt.UTC).date().isoformat(),
        levels=levels,
        baseline=asked["baseline"],
        num_resamples=asked["num_resamples"],
        seed=asked["seed"],
        who="simulated" if asked["simulated"] else "people",
        app_version=find_version(),
    )
    return plain.make_report(read_columns(source, ratings.REQUIRED, ratings.GROUPS), plan)


def _write_table(path: Path, columns: tables.Columns) -> None:
    _write(path, tables.write(columns, _FORMATS[path.suffix.lower()]))


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    click.echo(f"Written: {path} ({len(data):,} bytes).")
