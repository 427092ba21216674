"""What a table of ratings must be, said in sentences."""

import pytest

from stats import tables
from stats.effects import ratings
from stats.effects.ratings import RatingsWrong
from stats.tables import TableUnreadable

HEAD = "item,rater,value,arm,prompt,criterion\n"
GOOD = "a,r1,2,base,p,right\na,r2,,base,p,right\nb,r1,3,tuned,p,right\nb,r1,1,tuned,p,natural\n"


def read(text: str, head: str = HEAD) -> ratings.Ratings:
    return ratings.from_table(tables.parse(head + text, "r.csv", ratings.REQUIRED))


def test_columns_become_codes_and_rows_without_a_value_are_counted() -> None:
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
        ("c,r1,x,base,p,right\n", "line 6: 'x' is no value"),
        ("c,r1,nan,base,p,right\n", "line 6: 'nan' is no value"),
        ("c,,1,base,p,right\n", "line 6: the rater is empty"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(row: str, sentence: str) -> None:
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
def test_what_contradicts_itself_is_refused(row: str, sentence: str) -> None:
    with pytest.raises(RatingsWrong, match=sentence):
        read(GOOD + row)


def test_a_table_without_rows_or_columns_is_refused() -> None:
    with pytest.raises(TableUnreadable, match="holds no ratings"):
        read("")
    with pytest.raises(TableUnreadable, match="lacks the columns 'arm', 'prompt'"):
        read("a,r,1\n", "item,rater,value\n")
    with pytest.raises(RatingsWrong, match="no column 'country'; they have 'criterion'"):
        read(GOOD).split("country")
