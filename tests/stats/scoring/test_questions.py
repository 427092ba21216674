"""Question files: tolerant of what published files contain, strict about everything else."""

from pathlib import Path

import pytest

from stats.scoring import questions
from stats.scoring.questions import QuestionSet
from stats.tables import TableUnreadable

HEADER = (
    "item_id,text,keywords,proposition_id,dependency,category_broad,category_detailed,tuple,"
    "question_natural_language"
)


def write(folder: Path, *rows: str, header: str = HEADER, name: str = "questions.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]), "utf-8")
    return path


def row(item: str, number: object, dependency: str, category: str = "entity") -> str:
    return f'{item},a text,,{number},"{dependency}",{category},whole,,Is it?'


def test_the_published_file_is_read_whole_and_its_flaws_are_counted(dsg: QuestionSet) -> None:
    assert (len(dsg.items), dsg.num_questions) == (1060, 8182)
    assert dsg.num_malformed == 10
    assert dsg.num_out_of_order == 92  # 48 to later questions, 44 to themselves
    assert dsg.num_missing_parents == 8  # tifa160_134 has no first question
    assert len(dsg.notes) == 10
    assert "line 185" in dsg.notes[0]
    assert "'5, right'" in dsg.notes[0]


def test_of_a_malformed_dependency_the_numbers_count(dsg: QuestionSet) -> None:
    by_number = {question.proposition_id: question for question in dsg.items["posescript_69"]}
    assert by_number[9].parents == (5,)


def test_a_question_keeps_its_words_and_its_categories(dsg: QuestionSet) -> None:
    second = dsg.items["whoops_5"][1]
    assert second.text == "Is the rubix cube purple?"
    assert (second.category, second.detail, second.parents) == ("attribute", "color", (1,))


@pytest.mark.parametrize(
    ("cell", "parents", "num_malformed"),
    [
        ("0", (), 0),
        ("1,2", (1, 2), 0),
        (" 1 , 2 ", (1, 2), 0),
        ("0,1", (1,), 0),
        ("1.0", (1,), 0),
        ("", (), 1),
        ("-", (), 1),
        ("1, left", (1,), 1),
        ("-1", (), 1),
        ("9" * 5000, (), 1),
    ],
)
def test_a_dependency_cell_is_read_as_far_as_it_goes(
    tmp_path: Path, cell: str, parents: tuple[int, ...], num_malformed: int
) -> None:
    found = questions.read(write(tmp_path, row("a", 1, "0"), row("a", 2, "0"), row("a", 3, cell)))
    assert found.items["a"][2].parents == parents
    assert found.num_malformed == num_malformed


def test_parents_that_come_later_are_the_question_itself_or_are_not_there_are_counted(
    tmp_path: Path,
) -> None:
    found = questions.read(write(tmp_path, row("a", 1, "2"), row("a", 2, "2"), row("a", 3, "1,9")))
    assert (found.num_out_of_order, found.num_missing_parents) == (2, 1)


def test_a_category_stands_in_the_tuple_where_no_column_says_it(tmp_path: Path) -> None:
    header = "item_id,proposition_id,dependency,tuple"
    path = write(tmp_path, 'a,1,0,"attribute - color (a cube, red)"', "a,2,0,", header=header)
    first, second = questions.read(path).items["a"]
    assert (first.category, first.detail) == ("attribute", "color")
    assert second.category == questions.WITHOUT_CATEGORY


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_tabs_and_semicolons_separate_too_and_a_mark_at_the_start_is_no_letter(
    tmp_path: Path, separator: str
) -> None:
    path = tmp_path / "questions.csv"
    lines = ["Item_ID,proposition_id,dependency", "a,1,0"]
    path.write_text("\n".join(lines).replace(",", separator), "utf-8-sig")
    assert list(questions.read(path).items) == ["a"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("a", 1, "0"), row("b", 1, "0"), row("a", 2, "0")], "line 4: the item 'a' goes on"),
        ([row("a", 1, "0"), row("a", 1, "0")], "line 3: the item 'a' has the proposition_id 1 tw"),
        ([row("a", "one", "0")], "line 2: the proposition_id 'one' is no number from 1"),
        ([row("a", "9" * 5000, "0")], "line 2: the proposition_id '9999"),
        ([row("a", 0, "0")], "line 2: the proposition_id '0' is no number from 1"),
        ([row("", 1, "0")], "line 2: there is no item_id"),
        ([row("a", 1, "0"), "a,b"], "line 3: there are 2 cells and 9 columns"),
        (['a,"x'], "line 2: unexpected end of data"),
        ([], "holds no questions"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(
    tmp_path: Path, rows: list[str], sentence: str
) -> None:
    with pytest.raises(TableUnreadable) as caught:
        questions.read(write(tmp_path, *rows))
    assert sentence in str(caught.value)
    assert "'questions.csv'" in str(caught.value)


def test_a_line_is_where_its_row_begins_also_after_cells_of_several_lines(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable, match="line 5: the proposition_id 'x'"):
        questions.read(
            write(tmp_path, 'a,"two\nlines",,1,0,entity,whole,,Is it?', "", row("a", "x", "0"))
        )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "'questions.csv' is empty."),
        (b"item_id\xff\n", "'questions.csv' is not UTF-8: see line 1."),
        (b"item_id,\0\n", "it holds a zero byte"),
        (b"item_id,text\na,b\n", "lacks the columns 'proposition_id', 'dependency'; it has"),
        (b"item_id,item_id,proposition_id,dependency\n", "has the column 'item_id' more than once"),
    ],
)
def test_a_file_that_is_no_question_file_is_refused(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "questions.csv"
    path.write_bytes(content)
    with pytest.raises(TableUnreadable) as caught:
        questions.read(path)
    assert sentence in str(caught.value)


def test_a_folder_is_all_its_files(tmp_path: Path) -> None:
    write(tmp_path, row("a", 1, "0"), row("a", 2, "x"), name="one.csv")
    write(tmp_path, row("b", 1, "7"), name="two.csv")
    found = questions.read(tmp_path)
    assert list(found.items) == ["a", "b"]
    assert (found.num_malformed, found.num_missing_parents) == (1, 1)


def test_an_item_in_two_files_of_a_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, row("a", 1, "0"), name="one.csv")
    write(tmp_path, row("a", 1, "0"), name="two.csv")
    with pytest.raises(TableUnreadable, match=r"'two\.csv': the item 'a' is in another file too"):
        questions.read(tmp_path)


def test_a_folder_without_question_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable, match="holds no question file"):
        questions.read(tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable, match="cannot be read: No such file"):
        questions.read(tmp_path / "missing.csv")
