"""`ggez effects` on a file of ratings."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import ggez


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    rows = ["item,rater,value,arm,prompt,criterion,stratum"]
    for prompt in range(12):
        for arm, more in (("base", 0), ("tuned", 1)):
            for rater in random.choice(5, 3, replace=False):
                value = 1 + min(2, more + random.integers(0, 2))
                stratum = ("dish", "place")[prompt % 2]
                rows.append(f"{prompt}{arm},{rater},{value},{arm},{prompt},right,{stratum}")
    rows.append("0base,9,,base,0,right,dish")
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(ggez, ["effects", *map(str, arguments)])


def test_everything_comes_as_json(ratings: Path) -> None:
    found = json.loads(call(ratings, "--baseline", "base", "--bootstrap", 100, "--json").stdout)
    assert (found["n_ratings"], found["n_without_value"], found["B"]) == (72, 1, 100)
    (compared,) = found["comparisons"]
    assert (compared["criterion"], compared["by"], compared["arm"]) == ("right", None, "tuned")
    assert compared["difference"]["low"] > 0.5
    assert (compared["difference"]["n_prompts"], compared["difference"]["n_raters"]) == (12, 5)
    assert found["models"][0]["n_ratings"] == 72


def test_people_see_a_table_and_why_something_is_missing(ratings: Path) -> None:
    shown = call(ratings, "--baseline", "base", "--by", "stratum", "--bootstrap", 100).stdout
    assert [line.split("  ")[0] for line in shown.splitlines()[1:4]] == [
        "right",
        "right, dish",
        "right, place",
    ]
    assert "Differences from 'base' with 95% intervals" in shown
    assert "Rows without a value, left out: 1." in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--baseline", "none"), "The baseline 'none' has no ratings"),
        (
            ("--baseline", "base", "--criterion", "x"),
            "There is no criterion 'x'; there are 'right'",
        ),
        (("--baseline", "base", "--by", "country"), "no column 'country'"),
        (("--baseline", "base", "--by", "rater"), "is not one of"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    ratings: Path, words: tuple[str, ...], sentence: str
) -> None:
    done = call(ratings, *words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
