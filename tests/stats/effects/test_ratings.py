"""What a table of ratings must be, said in sentences."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stats.effects import ratings
from stats.effects.ratings import Ratings, RatingsWrong
from stats.tables import TableUnreadable

HEAD = "item,rater,value,arm,prompt,criterion\n"
GOOD = "a,r1,2,base,p,right\na,r2,,base,p,right\nb,r1,3,tuned,p,right\nb,r1,1,tuned,p,natural\n"


Read = Callable[..., Ratings]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(text: str, head: str = HEAD) -> Ratings:
        path = tmp_path / "r.csv"
        path.write_text(head + text, "utf-8")
        return ratings.read(path)

    return read_text


def test_columns_become_codes_and_rows_without_a_value_are_counted(read: Read) -> None:
    found = read(GOOD)
    assert (len(found), found.num_without_value) == (3, 1)
    assert found.arm.labels == ("base", "tuned")
    assert found.value_n.tolist() == [2, 3, 1]
    assert {name: len(part) for name, part in found.split("criterion").items()} == {
        "natural": 1,
        "right": 2,
    }


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("c,r1,x,base,p,right\n", "line 6: the value 'x' is no number"),
        ("c,r1,nan,base,p,right\n", "line 6: the value 'nan' is no number"),
        ("c,,1,base,p,right\n", "line 6: the rater is empty"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(read: Read, row: str, sentence: str) -> None:
    with pytest.raises(TableUnreadable, match=sentence):
        read(GOOD + row)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a,r1,1,base,p,right\n", "Rater 'r1' rated item 'a' more than once on one criterion."),
        ("a,r3,1,tuned,p,right\n", "Item 'a' belongs to more than one arm."),
        ("a,r3,1,base,q,right\n", "Item 'a' belongs to more than one prompt."),
    ],
)
def test_what_contradicts_itself_is_refused(read: Read, row: str, sentence: str) -> None:
    with pytest.raises(RatingsWrong, match=sentence):
        read(GOOD + row)


def test_a_table_without_rows_or_columns_is_refused(read: Read) -> None:
    with pytest.raises(TableUnreadable, match="holds no ratings"):
        read("")
    with pytest.raises(TableUnreadable, match="lacks the columns 'arm', 'prompt'"):
        read("a,r,1\n", "item,rater,value\n")
    with pytest.raises(RatingsWrong, match="no column 'country'; they have 'criterion'"):
        read(GOOD).split("country")
