"""`ggez sandbox run`: the recipe `sandbox`, and what it shows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.options import json_option
from cli.terminal import output

# Whose index weighs global against regional quality, and of which year: the paper's.
REGION, YEAR = "sea", 2023
RESULT, SHEET = "evidence.json", "pictures.png"


@click.command(epilog="Example: ggez sandbox run --out sandbox-run --json")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-run"),
    show_default=True,
    help="Where results are kept, and found again by the next run.",
)
@click.option("--small", is_flag=True, help="All of it in a minute; what comes out is no use.")
@json_option
def run(*, out: Path, small: bool, as_json: bool) -> None:
    """Draw a pool, filter it, tune the base model, and measure every merge of both.

    The merge is chosen on one half of prompts and seeds by the retention rule, and reported on the
    other. Takes about a quarter of an hour on two cores; what was computed before is found again.
    """
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain.recipes import running  # noqa: PLC0415 - see above
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same
    from domain.regions import globalisation  # noqa: PLC0415 - the same
    from domain.settings import Settings  # noqa: PLC0415 - the same
    from ml import files  # noqa: PLC0415 - the same
    from sandbox import evidence, gallery, trial  # noqa: PLC0415 - the same
    from sandbox.measuring import filtering  # noqa: PLC0415 - the same
    from specs import recipe_files  # noqa: PLC0415 - the same

    file = recipe_files.find("sandbox")
    assert file is not None, "The recipe is part of the product."
    recipe = recipe_files.read(file)
    if small:
        recipe = trial.shrink(recipe, trial.write_texts(out / "prompts"))
    with watching("Sandbox") as progress:
        done = running.run_recipe(
            recipe,
            out,
            progress,
            seen_from=file.parent,
            say=lambda sentence: click.echo(sentence, err=True),
        )
    folders = {each.step: each.folder for each in done}
    found = evidence.weigh(
        folders["score-to-choose"],
        folders["score-to-report"],
        alpha=globalisation.get_alpha(Settings(), REGION, YEAR),
    )
    gallery.draw(folders["draw-to-report"], out / SHEET)
    facts = found.to_json() | {
        "filter": filtering.measure(folders["filter"], folders["draw"]).to_json(),
        "funnel": next(each.result["funnel"] for each in done if each.step == "filter"),
        "pictures": str(out / SHEET),
    }
    files.write_json(out / RESULT, facts)
    if as_json:
        output.print_json(facts)
    else:
        _show(facts)


def _show(facts: Mapping[str, Any]) -> None:
    rows = [
        (
            f"{row['beta']:g}",
            f"{row['correct_global']:.1f}",
            _with_interval(row["retention"]),
            f"{row['correct_regional']:.1f}",
            _with_interval(row["gain"]),
        )
        for row in facts["rows"]
    ]
    output.print_table(("beta", "global", "kept of it", "regional", "gained"), rows)
    click.echo()
    for sentence in _explain(facts):
        click.echo(sentence)


def _explain(facts: Mapping[str, Any]) -> Sequence[str]:
    answers = facts["num_answers"]
    verdict = "holds" if facts["holds"] else "does not hold"
    return (
        f"Chosen on the other half: {facts['chosen_because']}",
        f"GRP at alpha {facts['alpha']:.4g} would choose beta {facts['beta_star']:g}.",
        f"What the method promises {verdict} here.",
        f"Each beta: {answers['global']:,} global and {answers['regional']:,} regional answers.",
        f"Intervals of {facts['confidence']:.0%}: {facts['num_resamples']:,} resamples of prompts.",
        f"Pictures: {facts['pictures']}",
    )


def _with_interval(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "-"
    if found["low"] is None:
        return f"{found['value']:.1%}" if found["value"] is not None else found["reason"]
    return f"{found['value']:+.1%} [{found['low']:+.1%}, {found['high']:+.1%}]"
