"""The power planner on screen says what `ggez power` says."""

import json
import re
import shlex
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from cli.plain.evidence.power import power
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
DESIGNS_EXAMPLE = "effect=0.078&sd=0.5&raters_per_item=1&item_share=0&prompt_share=0&rater_share=0"


def read_rows(page: str) -> list[list[str]]:
    """Numbers of the tables, row by row."""
    return [re.findall(r">([\d,.%]+)<", row) for row in page.split("<tr>")[1:]]


def test_the_designs_example_needs_646_ratings(sign_in: SignIn) -> None:
    page = sign_in().get(f"/studies/power?{DESIGNS_EXAMPLE}").text

    assert ["646", "646"] in read_rows(page)
    assert "646 ratings in each arm" in page


def test_the_command_beside_it_computes_the_same(sign_in: SignIn) -> None:
    page = sign_in().get("/studies/power?prompts=200").text
    (command,) = re.findall(r"<code>(ggez power [^<]+)</code>", page)
    told = CliRunner().invoke(power, [*shlex.split(command)[2:], "--json"])
    facts = json.loads(told.stdout)

    for name in ("paired", "unpaired"):
        need = facts[name]
        numbers = [f"{need['prompts_per_arm']:,}", f"{need['ratings_per_arm']:,}"]
        assert numbers in read_rows(page)
        assert f">{facts['reach'][name]['power']:.0%}<" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("effect=much", "Enter a number."),
        ("levels=1", "It must be at least 2."),
        ("power=1", "It must be less than 1."),
        ("effect=5", "On 3 levels two means differ by more than 0 and at most 2, not by 5."),
        ("item_share=0.1&prompt_share=0.5", "is a part of what items differ by"),
    ],
)
def test_what_does_not_go_together_is_said_and_stays_as_typed(
    sign_in: SignIn, query: str, sentence: str
) -> None:
    answer = sign_in().get(f"/studies/power?{query}")

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{query.rsplit("=", 1)[1]}"' in answer.text
    assert "Mend the form" in answer.text
