"""`ggez merge`: two folders of weights in, one folder per beta out; no database."""

from pathlib import Path
from typing import Any

import click

from cli.options import json_option
from cli.plain import reading_ahead
from cli.terminal import output
from specs.fields import describe
from specs.kinds.model.model_merge import ModelMerge

_FIELDS = {field.name: field for field in describe(ModelMerge)}


@click.command(epilog="Example: ggez merge --base world --tuned batik --beta 0.25 --out merged")
@click.option("--base", help="The model that was tuned: a folder or a file.")
@click.option("--tuned", help="What tuning made of it; for 'lora-scale' the adapter's folder.")
@click.option(
    "--beta",
    "betas",
    type=float,
    multiple=True,
    help="Share of the tuned model; may be repeated.  [default: 0.25, 0.5, 0.75, 1]",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder, for beta-0.25 and so on.",
)
@click.option(
    "--component",
    default=_FIELDS["component"].default,
    show_default=True,
    help=_FIELDS["component"].help,
)
@click.option(
    "--method",
    type=click.Choice(_FIELDS["method"].choices),
    default=_FIELDS["method"].default,
    show_default=True,
    help=_FIELDS["method"].help,
)
@click.option("--block", "blocks", multiple=True, help=_FIELDS["blocks"].help)
@click.option(
    "--mergekit",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Read models, method and beta from this configuration of mergekit.",
)
@click.option("--export-mergekit", is_flag=True, help="Write mergekit.yml beside each merge.")
@json_option
def merge(
    *, out: Path, mergekit: Path | None, export_mergekit: bool, as_json: bool, **given: Any
) -> None:
    """Mix the weights of a tuned model with those of its base model.

    beta is the share of the TUNED model: 0 is the base, 1 the tuned model. All betas are made in
    one pass, and each becomes a whole model.
    """
    reading_ahead.begin([given["base"], given["tuned"]])
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import merging  # noqa: PLC0415 - see above

    wish = {name: value for name, value in given.items() if value not in (None, (), "")}
    seen_from = Path.cwd()
    if mergekit is not None:
        wish = merging.read_mergekit(mergekit, wish, click.get_current_context())
        seen_from = mergekit.resolve().parent
    for name in ("base", "tuned"):
        if name not in wish:
            raise click.UsageError(f"Missing option '--{name}'.")
    spec = ModelMerge.model_validate(wish)
    result = merging.run(spec, out, seen_from=seen_from, with_mergekit=export_mergekit)
    if as_json:
        output.print_json(result)
        return
    rows = [
        (f"{each['beta']:g}", f"{each['difference']['norm']:.4g}", out / each["folder"])
        for each in result["variants"]
    ]
    output.print_table(("beta", "distance", "folder"), rows)
