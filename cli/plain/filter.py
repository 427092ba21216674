"""`ggez filter`: a specification in YAML in, a data set and its funnel out; no database."""

from pathlib import Path
from typing import Any

import click

from cli.jobs import options
from cli.options import json_option
from cli.terminal import output
from specs.kinds.dataset.dataset_filter import DatasetFilter


@click.command(epilog="Example: ggez filter market.yaml --out market-filtered")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder: kept rows, rejected rows with reasons, funnel and data card.  "
    "[default: named after the specification, in the current folder]",
)
@json_option
def filter(*, spec: Path, out: Path | None, as_json: bool) -> None:  # noqa: A001 - the command's name
    """Pass the rows of a data set through stages that keep them or give a reason.

    SPEC is a JSON or YAML file; paths in it are seen from its folder. The data set may be an
    imported one, or a source in any format that can be imported. Stopped, the same command goes on
    where it was.
    """
    wish = _read_spec(spec)
    out = out or Path.cwd() / spec.stem
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing  # noqa: PLC0415 - see above
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    arguments = _find_inputs(wish, spec.resolve().parent)
    with watching(wish.label) as progress:
        result = computing.compute_into(
            out, "ml.filtering.run:filter_dataset", wish, progress, arguments
        )
    if as_json:
        output.print_json(result | {"folder": out})
        return
    _print(result, out)


def _read_spec(path: Path) -> DatasetFilter:
    with path.open(encoding="utf-8") as file:
        given = options.read_file(file, DatasetFilter.kind)
    return DatasetFilter.model_validate({"name": path.stem, **given})


def _find_inputs(spec: DatasetFilter, folder: Path) -> dict[str, Any]:
    from cli.plain import references  # noqa: PLC0415 - see above
    from domain.regions import service as regions  # noqa: PLC0415 - the same
    from domain.settings import Settings  # noqa: PLC0415 - the same

    found: dict[str, Any] = {}
    for each in spec.inputs:
        reference = getattr(spec, each.name)
        if not reference and each.required:
            raise click.UsageError(f"The specification names no {each.name}.")
        if reference:
            found[each.name] = references.find(reference, what=each.what, folder=folder)
    found["region"] = regions.get_region(Settings(), spec.region) if spec.region else None
    return found


def _print(result: dict[str, Any], out: Path) -> None:
    rows = [
        (
            entry["stage"],
            f"{entry['in']:,}",
            f"{entry['kept']:,}",
            ", ".join(f"{code} {num:,}" for code, num in entry["reasons"].items()),
        )
        for entry in result["funnel"]
    ]
    output.print_table(("stage", "in", "kept", "reasons"), rows)
    if "calibration" in result:
        click.echo(result["calibration"]["sentence"])
    for sentence in result["notes"]:
        click.echo(sentence)
    click.echo(f"{result['num_items']:,} rows are in {out}; card.md there describes them.")
