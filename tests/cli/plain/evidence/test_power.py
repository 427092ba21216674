import json
import re

import pytest
from click.testing import CliRunner

from cli.main import ggez

EXAMPLE = ("power", "--effect", "0.078", "--sd", "0.5")


def run(*words: str) -> str:
    done = CliRunner().invoke(ggez, words)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_the_plan_comes_as_json_with_what_was_assumed() -> None:
    facts = json.loads(run(*EXAMPLE, "--json"))

    assert facts["ratings_without_clusters"] == 646
    assert facts["unpaired"] == {"prompts_per_arm": 646, "ratings_per_arm": 646}
    assert facts["assumptions"]["levels"] == 3
    assert "reach" not in facts


def test_people_see_both_designs_and_what_a_given_size_reaches() -> None:
    shown = run(
        *EXAMPLE, "--raters-per-item", "3", "--item-share", "0.4", "--prompt-share", "0.3",
        "--prompts", "143",
    )  # fmt: skip

    assert re.search(r"^paired +194 +582$", shown, re.MULTILINE)
    assert re.search(r"^unpaired +388 +1,164$", shown, re.MULTILINE)
    assert "143 prompts, paired: power" in shown
    assert "646 ratings in each arm" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--sd", "4"), "the standard deviation is above 0 and at most 1, not 4"),
        (("--prompts", "1"), "at least 2 prompts"),
        (("--item-share", "2"), "is not in the range"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    done = CliRunner().invoke(ggez, [*EXAMPLE, *words])

    assert done.exit_code != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
