"""`ggez sandbox run`: the recipe of an arm, and what it shows."""

from collections.abc import Mapping
from pathlib import Path

import click

from cli.options import json_option
from cli.terminal import output

# The recipe of each arm.
ARMS: Mapping[str, str] = {
    "images": "sandbox",
    "answers": "sandbox-answers",
    "embeddings": "sandbox-embeddings",
}
# Whose index weighs global against regional quality, and of which year: the paper's.
REGION, YEAR = "sea", 2023
RESULT = "evidence.json"


@click.command(epilog="Example: ggez sandbox run --arm answers --out sandbox-run --json")
@click.option(
    "--arm",
    type=click.Choice(list(ARMS)),
    default="images",
    show_default=True,
    help="Pictures from prompts, answers to questions, or pictures and captions put together.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-run"),
    show_default=True,
    help="Where results are kept, and found again by the next run.",
)
@click.option("--small", is_flag=True, help="All of it in a minute; what comes out is no use.")
@click.option(
    "--series",
    type=click.IntRange(0, 1000),
    default=0,
    show_default=True,
    help="Of answers: with another number, seeds and the pictures that are asked about are others.",
)
@json_option
def run(*, arm: str, out: Path, small: bool, series: int, as_json: bool) -> None:
    """Draw a pool or a quiz, tune the base model on it, and measure every merge of both.

    The merge is chosen on one half of prompts, questions or pictures by the retention rule, and
    reported on the other; answers are also measured with retrieved passages, and embeddings by
    language. Takes a quarter of an hour at most on two cores; what was computed before is found
    again.
    """
    if series and (arm != "answers" or small):
        raise click.UsageError(
            "Another series goes with --arm answers, and not with --small: the other arms have one "
            "series of prompts, and a trial takes no figures."
        )
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain.recipes import running  # noqa: PLC0415 - see above
    from cli.plain.sandbox import answers, embeddings, images  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same
    from domain.regions import globalisation  # noqa: PLC0415 - the same
    from domain.settings import Settings  # noqa: PLC0415 - the same
    from ml import files  # noqa: PLC0415 - the same
    from specs import recipe_files  # noqa: PLC0415 - the same

    shown = {"images": images, "answers": answers, "embeddings": embeddings}[arm]
    file = recipe_files.find(ARMS[arm])
    assert file is not None, "The recipe is part of the product."
    recipe = recipe_files.read(file)
    if small:
        recipe = shown.shrink(recipe, out)
    if series:
        recipe = answers.repeat(recipe, out, series)
    with watching("Sandbox") as progress:
        done = running.run_recipe(
            recipe,
            out,
            progress,
            seen_from=file.parent,
            say=lambda sentence: click.echo(sentence, err=True),
        )
        alpha = globalisation.get_alpha(Settings(), REGION, YEAR)
        facts = shown.weigh(done, out, alpha=alpha, progress=progress)
    files.write_json(out / RESULT, facts)
    if as_json:
        output.print_json(facts)
    else:
        shown.show(facts)
