"""`ggez distillation`: a study of ways to distil, from teachers and data sets to one table; no
database.
"""

from pathlib import Path

import click

from cli.jobs import options
from cli.options import json_option
from cli.terminal import output
from specs.grids.distillation import DistillationStudy


@click.command(epilog="Example: ggez distillation --teachers clip --dataset taught --test others")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("distillation-run"),
    show_default=True,
    help="Where results are kept, and found again by the next run.",
)
@json_option
def distillation(*, out: Path, as_json: bool, **given: object) -> None:
    """Teach students of half the depth by every method, of every teacher and with every seed, and
    measure them beside their teachers.

    All see the same data in the same order for as many steps. What was computed before is found
    again.
    """
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain.distillation import carrying, showing  # noqa: PLC0415 - see above

    wanted = DistillationStudy.model_validate(options.collect(given))
    study = carrying.carry_out(wanted.to_recipe(), out, seen_from=Path.cwd())
    if as_json:
        output.print_json(study.to_json() | {"folder": out})
        return
    showing.show(study)
    click.echo(f"Every number, and what it means: {out}")


distillation.params[:0] = options.make(DistillationStudy)
