"""`ggez sandbox pictures`: the shipped pictures of the sandbox's study, from its recipe."""

from pathlib import Path

import click

from cli.options import json_option
from cli.terminal import output


@click.command(epilog="Example: ggez sandbox pictures --out sandbox/shipped/study")
@click.option(
    "--run",
    "kitchen",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-run"),
    show_default=True,
    help="Where a run of the sandbox keeps its steps, and finds them again.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-study"),
    show_default=True,
    help="Where pictures and tables are written; what was there is replaced.",
)
@json_option
def pictures(*, kitchen: Path, out: Path, as_json: bool) -> None:
    """Make the pictures of the sandbox study anew.

    Carries out the sandbox's recipe as far as it is needed: the tuned model that a run in the same
    folder has made is found again. Every mixture gets one picture of each prompt, and the world's
    own pen draws one.
    """
    from cli.plain.recipes import running  # noqa: PLC0415 - help does not wait for torch
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same
    from sandbox.study import pictures as making  # noqa: PLC0415 - the same
    from specs import recipe_files  # noqa: PLC0415 - the same

    file = recipe_files.find("sandbox")
    assert file is not None, "The recipe is part of the product."
    recipe = making.shorten(recipe_files.read(file), kitchen)
    with watching("Sandbox") as progress:
        done = running.run_recipe(
            recipe,
            kitchen,
            progress,
            seen_from=file.parent,
            say=lambda sentence: click.echo(sentence, err=True),
        )
    folders = {each.step: each.folder for each in done}
    facts = making.write(folders[making.DRAW], folders[making.SCORE], out)
    if as_json:
        output.print_json(facts | {"folder": out})
    else:
        output.print_facts(facts | {"folder": out})
