"""`ggez pairs` and `ggez ranks` on files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    rows = ["prompt,rater,left,right,winner"]
    for number in range(24):
        left, right = ("base", "tuned") if number % 2 else ("tuned", "base")
        winner = ("tuned", "tuned", "base", "tie")[number // 2 % 4]
        rows.append(f"p{number},r{number % 5},{left},{right},{winner}")
    rows.append("p99,r1,base,tuned,")
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


@pytest.fixture
def ranks(tmp_path: Path) -> Path:
    rows = ["prompt,rater,arm,rank"]
    for number, order in enumerate(["abc", "acb", "bac", "abc", "cab", "bca"] * 2):
        rows += [f"p{number},r{number % 4},{arm},{order.index(arm) + 1}" for arm in "abc"]
    path = tmp_path / "ranks.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(ggez, list(map(str, arguments)))


def test_votes_come_as_json(votes: Path) -> None:
    found = json.loads(call("pairs", votes, "--bootstrap", 50, "--json").stdout)
    assert (found["B"], found["n_without_winner"]) == (50, 1)
    (criterion,) = found["criteria"]
    assert criterion["pairs"][0] | {"win_share": None} == {
        "arm": "base", "other": "tuned", "wins": 6, "ties": 6, "losses": 12, "win_share": None,
    }  # fmt: skip
    strengths = {each["arm"]: each["value"] for each in criterion["strengths"]}
    # Without a third arm Davidson's strengths are those of the decided votes: 12 to 6.
    assert strengths["tuned"] - strengths["base"] == pytest.approx(0.693147, abs=1e-6)


def test_people_see_wins_strengths_and_sides(votes: Path) -> None:
    shown = call("pairs", votes, "--bootstrap", 50).stdout
    assert "base  tuned  6     6     12" in shown
    assert "The left output won 0.500" in shown
    assert "Rows without a winner, left out: 1." in shown


def test_ranks_come_as_json_and_as_text(ranks: Path) -> None:
    found = json.loads(call("ranks", ranks, "--bootstrap", 50, "--json").stdout)
    (criterion,) = found["criteria"]
    assert [each["mean_rank"]["value"] for each in criterion["arms"]] == pytest.approx(
        [10 / 6, 12 / 6, 14 / 6]
    )
    shown = call("ranks", ranks, "--bootstrap", 50).stdout
    assert "Friedman over 12 prompts: p " in shown


@pytest.mark.parametrize("name", ["pairs", "ranks"])
def test_a_file_without_the_columns_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("prompt,value\np,1\n", "utf-8")
    done = call(name, path)
    assert done.exit_code == 2
    assert "lacks the columns 'rater'" in done.stderr
