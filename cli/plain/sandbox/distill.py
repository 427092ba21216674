"""`ggez sandbox distill`: ways to distil compared in the sandbox's world."""

from pathlib import Path

import click

from cli.options import json_option
from cli.terminal import output


@click.command(epilog="Example: ggez sandbox distill --json")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-distillation"),
    show_default=True,
    help="Where results are kept, and found again by the next run.",
)
@click.option(
    "--teachers",
    type=click.Choice(["sandbox-clip", "sandbox-siglip2"]),
    multiple=True,
    default=["sandbox-clip", "sandbox-siglip2"],
    show_default=True,
    help="Each has students of its own.",
)
@click.option("--small", is_flag=True, help="All of it in a minute; what comes out is no use.")
@json_option
def distill(*, out: Path, teachers: tuple[str, ...], small: bool, as_json: bool) -> None:
    """Teach students of the sandbox's encoders in five ways, and measure them beside these.

    All five formulations, two seeds; students have half the layers. It takes minutes,
    more on a busy machine (docs/measured.md); what was computed before is found again.
    """
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain.distillation import carrying, showing  # noqa: PLC0415 - see above
    from sandbox import distillation  # noqa: PLC0415 - the same
    from sandbox.embeddings import trial  # noqa: PLC0415 - the same

    texts = trial.write_texts(out / "texts") if small else None
    recipe = distillation.make_recipe(texts=texts, teachers=teachers)
    study = carrying.carry_out(recipe, out, seen_from=Path.cwd())
    if as_json:
        output.print_json(study.to_json() | {"folder": out})
    else:
        showing.show(study)
