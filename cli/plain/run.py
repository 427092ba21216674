"""`ggez run RECIPE`: all steps of a recipe in this process, on plain files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.options import json_option
from cli.terminal import output
from domain.errors import NotFound
from specs import recipe_files


class NoRecipe(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(
            "There is no recipe file '%(name)s'; by name there are: %(known)s.",
            name=name,
            known=", ".join(recipe_files.list_names()) or "none",
        )


@click.command(epilog="Example: ggez run sandbox --out sandbox-run")
@click.argument("recipe")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where results are kept, and found again by the next run.  [default: RECIPE-run]",
)
@json_option
def run(*, recipe: str, out: Path | None, as_json: bool) -> None:
    """Carry out a recipe: a YAML file, or one of the product's own by its name.

    Only what has changed since the last run is computed.
    """
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain.recipes import running  # noqa: PLC0415 - see above
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    file = Path(recipe) if Path(recipe).is_file() else recipe_files.find(recipe)
    if file is None:
        raise NoRecipe(recipe)
    read = recipe_files.read(file)
    folder = out or Path(f"{file.stem}-run")
    with watching(read.name) as progress:
        done = running.run_recipe(
            read,
            folder,
            progress,
            seen_from=file.resolve().parent,
            say=lambda sentence: click.echo(sentence, err=True),
        )
    _show(read.name, folder, done, as_json=as_json)


def _show(name: str, folder: Path, done: Sequence[Any], *, as_json: bool) -> None:
    if as_json:
        steps = [
            {
                "name": each.step,
                "kind": each.spec.kind,
                "was_known": each.was_known,
                "folder": each.folder,
                "result": each.result,
            }
            for each in done
        ]
        output.print_json({"recipe": name, "folder": folder, "steps": steps})
        return
    rows = [(each.step, "known" if each.was_known else "done", each.folder) for each in done]
    output.print_table(("step", "", "folder"), rows)
