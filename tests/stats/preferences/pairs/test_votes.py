"""Files of votes: what counts, and what is refused."""

from pathlib import Path

import pytest

from stats.preferences.pairs import votes
from stats.preferences.setting import PreferencesWrong
from stats.tables import TableUnreadable

HEAD = "prompt,rater,left,right,winner\n"


def read(folder: Path, text: str) -> votes.Votes:
    path = folder / "v.csv"
    path.write_text(HEAD + text, "utf-8")
    return votes.read(path)


def test_winners_are_sides_or_names(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "p,r,a,b,left\nq,r,a,b,b\np,s,b,a,Tie\nq,s,b,a,both_bad\nq,t,a,b,\no,r,left,a,left\n",
    )
    assert found.outcome_n.tolist() == [votes.LEFT, votes.RIGHT, votes.TIE, votes.TIE, votes.LEFT]
    assert found.is_both_bad_n.sum() == 1
    assert found.num_without_winner == 1
    assert found.arms == ("a", "b", "left")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no votes"),
        ("p,r,a,b,c\n", "line 2: the winner 'c' is neither left"),
        ("p,r,a,a,left\n", "line 2: 'a' stands left and right"),
        ("p,,a,b,left\n", "line 2: the rater is empty"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TableUnreadable, match=sentence):
        read(tmp_path, text)


def test_a_rater_votes_once_on_two_arms_whichever_stands_left(tmp_path: Path) -> None:
    with pytest.raises(
        PreferencesWrong, match="Rater 'r' voted more than once on the same two arms"
    ):
        read(tmp_path, "p,r,a,b,left\np,r,b,a,left\n")
