"""`ggez sandbox pictures` and `ggez sandbox answers`: what the sandbox's studies ship, from its
recipes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from cli.options import json_option
from cli.terminal import output
from specs.recipe import Recipe

run_option = click.option(
    "--run",
    "kitchen",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-run"),
    show_default=True,
    help="Where a run of the sandbox keeps its steps, and finds them again.",
)


def out_option(default: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(default),
        show_default=True,
        help="Where outputs and tables are written; what was there is replaced.",
    )


@click.command(epilog="Example: ggez sandbox pictures --out sandbox/shipped/study")
@run_option
@out_option("sandbox-study")
@json_option
def pictures(*, kitchen: Path, out: Path, as_json: bool) -> None:
    """Make the pictures of the sandbox study anew.

    Carries out the sandbox's recipe as far as it is needed: the tuned model that a run in the same
    folder has made is found again. Every mixture gets one picture of each prompt, and the world's
    own pen draws one.
    """
    from sandbox.study import pictures as making  # noqa: PLC0415 - help does not wait for torch

    folders = _carry_out(making.RECIPE, making.shorten, kitchen)
    facts = making.write(folders[making.DRAW], folders[making.SCORE], out)
    _show(facts | {"folder": out}, as_json=as_json)


@click.command(epilog="Example: ggez sandbox answers --out sandbox/shipped/study-answers")
@run_option
@out_option("sandbox-study-answers")
@json_option
def answers(*, kitchen: Path, out: Path, as_json: bool) -> None:
    """Make the answers of the sandbox study of answers anew.

    Carries out the sandbox's recipe for answers as far as it is needed: what a run in the same
    folder has made is found again. The base and the merge of beta .75 answer each question alone,
    and with the passages that were found for it.
    """
    from sandbox.study import answers as making  # noqa: PLC0415 - help does not wait for torch

    folders = _carry_out(making.RECIPE, making.shorten, kitchen)
    facts = making.write(folders[making.ALONE], folders[making.RETRIEVED], out)
    _show(facts | {"folder": out}, as_json=as_json)


def _carry_out(
    name: str, shorten: Callable[[Recipe, Path], Recipe], kitchen: Path
) -> Mapping[str, Path]:
    """What each step wrote, by its name."""
    from cli.plain.recipes import running  # noqa: PLC0415 - help does not wait for torch
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same
    from specs import recipe_files  # noqa: PLC0415 - the same

    file = recipe_files.find(name)
    assert file is not None, "The recipe is part of the product."
    recipe = shorten(recipe_files.read(file), kitchen)
    with watching("Sandbox") as progress:
        done = running.run_recipe(
            recipe,
            kitchen,
            progress,
            seen_from=file.parent,
            say=lambda sentence: click.echo(sentence, err=True),
        )
    return {each.step: each.folder for each in done}


def _show(facts: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.print_json(facts)
    else:
        output.print_facts(facts)
