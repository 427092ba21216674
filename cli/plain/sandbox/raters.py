"""`ggez sandbox raters`: raters who are drawn by chance, in the sandbox's studies."""

from collections.abc import Sequence
from pathlib import Path

import click

from cli import database
from cli.options import data_option, json_option
from cli.terminal import output
from domain.settings import Settings
from domain.studies import sandbox
from domain.studies import service as studies
from sandbox.study import raters as simulating
from sandbox.study.raters import Simulated


@click.command(epilog="Example: ggez sandbox raters --n 6 --json")
@click.option(
    "--n", "num", type=click.IntRange(1, 50), default=6, show_default=True, help="How many more."
)
@click.option(
    "--study", default="", help="Its name. Empty: the one of pictures that comes with GG-EZ."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of severities and noise.")
@data_option
@json_option
def raters(*, num: int, study: str, seed: int, data: Path, as_json: bool) -> None:
    """Add simulated raters to the sandbox study.

    Each rates everything that is open to them; they take turns, and so share what is left. How good
    a picture is, is the share of its questions that the sandbox's judge answers with yes; an answer
    is as good as the quiz says, right or wrong. A rater puts that on the scale, takes their
    severity off, adds noise of their own, and says the nearest level; all criteria start from that
    one value. All are marked as simulated, and no other study takes them.
    """
    with database.reach(data) as settings:
        with database.unit_of_work(settings) as session:
            found = studies.get_by_name(session, study) if study else sandbox.get(session)
            name = found.name
            added = simulating.add(session, found, num, settings=settings, seed=seed)
        num_rated = _rate_all(settings, name, added)
    rows = [
        {
            "rater": each.number,
            "severity": each.severity,
            "noise": each.noise,
            "num_rated": num_rated[each.number],
        }
        for each in added
    ]
    if as_json:
        output.print_json({"study": name, "is_simulated": True, "raters": rows})
        return
    click.echo(f"Simulated raters in '{name}':")
    header = ("RATER", "SEVERITY", "NOISE", "RATED")
    output.print_table(header, [tuple(row.values()) for row in rows])


def _rate_all(settings: Settings, name: str, added: Sequence[Simulated]) -> dict[int, int]:
    """A few at a time, each few committed: people who rate meanwhile wait for nobody."""
    num_rated = {each.number: 0 for each in added}
    at_work = list(added)
    while at_work:
        for each in tuple(at_work):
            with database.unit_of_work(settings) as session:
                done = simulating.rate_some(session, studies.get_by_name(session, name), each)
            num_rated[each.number] += done
            if not done:
                at_work.remove(each)
    return num_rated
