"""Answer files: what counts as yes, as no, as a gap, and what is refused."""

from pathlib import Path

import pytest

from stats.scoring import answers
from stats.tables import TableUnreadable


def write(folder: Path, *lines: str) -> Path:
    path = folder / "answers.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *[(text, True) for text in ("yes", "YES", " Yes ", "1", "true", "True")],
        *[(text, False) for text in ("no", "NO", "0", "false", "FALSE")],
        *[(text, None) for text in ("", "maybe", "yes.", "1.0", "2", "y", "nan")],
    ],
)
def test_yes_and_no_are_these_words_and_everything_else_is_a_gap(
    tmp_path: Path, text: str, meaning: object
) -> None:
    path = write(tmp_path, "item_id,proposition_id,answer", f"a,1,{text}")
    assert answers.read(path)[""].answers == {("a", 1, ""): meaning}


def test_pictures_of_an_item_are_told_apart_by_crop_or_else_by_seed(tmp_path: Path) -> None:
    header = "item_id,proposition_id,answer,seed"
    assert answers.read(write(tmp_path, header, "a,1,yes,10", "a,1,no,9"))[""].crops == ("9", "10")
    both = write(tmp_path, f"{header},crop", "a,1,yes,10,left", "a,1,no,10,below")
    assert answers.read(both)[""].crops == ("left", "below")


def test_answers_are_grouped_by_a_column(tmp_path: Path) -> None:
    path = write(tmp_path, "variant,item_id,proposition_id,answer", "b,x,1,no", "a,x,1,yes")
    found = answers.read(path, "variant")
    assert {name: list(group.answers.values()) for name, group in found.items()} == {
        "b": [False],
        "a": [True],
    }
    assert list(found) == ["b", "a"]


def test_a_crop_of_thousands_of_digits_is_a_name_and_no_number(tmp_path: Path) -> None:
    path = write(
        tmp_path, "item_id,proposition_id,answer,crop", f"a,1,yes,{'9' * 5000}", "a,1,no,2"
    )
    assert answers.read(path)[""].crops == ("9" * 5000, "2")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["a,1,yes", "a,1,yes"], "line 3: proposition 1 of 'a' was answered in line 2 already."),
        (["a,1,yes", "a,1.0,no"], "line 3: proposition 1 of 'a' was answered in line 2 already."),
        ([",1,yes"], "line 2: there is no item_id."),
        (["a,first,yes"], "line 2: the proposition_id 'first' is no number."),
        ([f"a,{'9' * 5000},yes"], "line 2: the proposition_id '9999"),
        (["a,1"], "line 2: there are 2 cells and 3 columns."),
        ([], "'answers.csv' holds no answers."),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, lines: list[str], sentence: str
) -> None:
    with pytest.raises(TableUnreadable) as caught:
        answers.read(write(tmp_path, "item_id,proposition_id,answer", *lines))
    assert sentence in str(caught.value)


def test_answers_about_several_variants_in_one_group_are_refused_with_the_way_out(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "variant,item_id,proposition_id,answer", "a,x,1,no", "b,x,1,yes")
    with pytest.raises(TableUnreadable, match="To score each variant apart, group by 'variant'"):
        answers.read(path)


def test_a_column_to_group_by_must_be_there(tmp_path: Path) -> None:
    path = write(tmp_path, "item_id,proposition_id,answer", "x,1,no")
    with pytest.raises(TableUnreadable, match="no column 'variant'; it has 'item_id', "):
        answers.read(path, "variant")
