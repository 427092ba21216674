"""`ggez report`: what a study found, on paper and as files, from its JSON or from plain ratings."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import click

from cli.options import levels_option, resamples_option, seed_option
from domain.results.computing import plain
from domain.results.computing.plain import Plan
from domain.results.report import Report
from domain.settings import find_version
from reports import codebook, figures
from reports.distillation import document, files
from reports.distillation import figures as distilled
from reports.files import study, tables
from reports.files.tables import Format
from reports.language import EVERYWHERE
from reports.pdf import printing
from stats.agreement import ratings
from stats.distillation.study import Study
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

    From STUDY.json, a report that the platform or this command wrote, or a study of distillation;
    or from RATINGS.csv with the columns of `ggez agreement` and `ggez effects`. The same inputs
    give the same bytes.
    """
    if not any((pdf_file, json_file, figures_file, codebook_file)):
        raise click.UsageError("Say what to write: --pdf, --json, --figures or --codebook.")
    made = _read_json(source, asked) if _is_json(source) else _gather(_measure(source, asked))
    if pdf_file:
        _write(pdf_file, made.print(language))
    if json_file:
        _write(json_file, made.json())
    if figures_file:
        _write_table(figures_file, made.figures())
    if codebook_file:
        _write_table(codebook_file, made.codebook())


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What can be written of a study, each made when it is asked for."""

    print: Callable[[str], bytes]  # in a language
    json: Callable[[], bytes]
    figures: Callable[[], tables.Columns]
    codebook: Callable[[], tables.Columns]


def _gather(found: Report) -> _Made:
    return _Made(
        print=lambda language: printing.make(found, language),
        json=lambda: study.write(found),
        figures=lambda: figures.as_columns(figures.list_figures(found)),
        codebook=codebook.as_columns,
    )


def _gather_distilled(found: Study, asked: Mapping[str, Any]) -> _Made:
    named = replace(found, name=asked["title"] or found.name)
    date = dt.date.fromisoformat(asked["date"] or _today())
    return _Made(
        print=lambda language: document.make(named, date, find_version(), language),
        json=lambda: files.write(named),
        figures=lambda: distilled.list_figures(named),
        codebook=distilled.list_codebook,
    )


def _is_json(source: Path) -> bool:
    return source.suffix.lower() == ".json"


def _read_json(source: Path, asked: Mapping[str, Any]) -> _Made:
    """A report on ratings, or a study of distillation."""
    for name in ("levels", "baseline"):
        if asked[name] is not None:
            raise click.UsageError(f"--{name} is for ratings; '{source.name}' is a report.")
    of_distillation = files.find(source)
    if of_distillation is not None:
        return _gather_distilled(of_distillation, asked)
    return _gather(_read_study(source, asked))


def _read_study(source: Path, asked: Mapping[str, Any]) -> Report:
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
        made_on=asked["date"] or _today(),
        levels=levels,
        baseline=asked["baseline"],
        num_resamples=asked["num_resamples"],
        seed=asked["seed"],
        who="simulated" if asked["simulated"] else "people",
        app_version=find_version(),
    )
    return plain.make_report(read_columns(source, ratings.REQUIRED, ratings.GROUPS), plan)


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _write_table(path: Path, columns: tables.Columns) -> None:
    _write(path, tables.write(columns, _FORMATS[path.suffix.lower()]))


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    click.echo(f"Written: {path} ({len(data):,} bytes).")
