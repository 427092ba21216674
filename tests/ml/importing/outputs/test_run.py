"""Outputs from a table in any format: what is right is taken over, what is wrong is told."""

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ml.benchmarks import outputs as benchmark_outputs
from ml.datasets.problems import UnreadableSource
from specs import prompts
from specs.prompts import PromptLine
from tests import pictures

from .conftest import WRITERS, Import, Row, make_row, write_csv, write_jsonl, write_parquet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.png").write_bytes(pictures.png(40, 30))
    (folder / "images" / "b.jpg").write_bytes(pictures.jpeg(50, 20, seed=1))
    return folder


def refuse(run: Import, path: Path, **fields: Any) -> str:
    with pytest.raises(UnreadableSource) as caught:
        run(path, **fields)
    return str(caught.value)


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_pictures_and_answers_are_read_from_every_format(
    run: Import, folder: Path, form: str
) -> None:
    of_prompt = {"region": "sea", "country": "TH", "language": "en", "category": "food"}
    rows = [
        make_row("Base", text=None, file="images/a.png", seed=3, **of_prompt),
        make_row("Ours", text=None, file="images/b.jpg", seed=3, **of_prompt),
        make_row("Ours", "p2", text="It is a <b>boat</b>,\nis it not?", scope="global"),
        make_row("Base", "p2", question_file="images/a.png", scope="global", stratum="boats"),
    ]
    WRITERS[form](folder / f"outputs.{form}", rows)
    made = run(folder)
    assert made.facts["format"] == form
    digest = hashlib.sha256(pictures.png(40, 30)).hexdigest()
    first, second, third = made.rows
    assert first == {
        "variant": "Base", "prompt_key": "p1", "prompt": "What is p1?", "seed": 3,
        "scope": "regional", "file": f"pictures/{digest[:2]}/{digest}.png", "sha256": digest,
        "width": 40, "height": 30,
    }  # fmt: skip
    assert (second["variant"], second["width"], second["height"]) == ("Ours", 50, 20)
    assert second["file"].endswith(".jpg")
    assert (third["text"], third["seed"]) == ("It is a <b>boat</b>,\nis it not?", 0)
    assert "file" not in third
    assert (made.out / first["file"]).read_bytes() == pictures.png(40, 30)
    # The fourth says a stratum that the third does not: of one prompt, one of them is wrong.
    ((where, reason, said),) = made.problems
    assert (where.split()[1], reason) == ("5" if form == "csv" else "4", "another_prompt")
    assert said.startswith("The prompt 'p2' has another stratum in ")
    assert made.prompts[0] == {
        "key": "p1", "text": "What is p1?", "scope": "regional", **of_prompt,
    }  # fmt: skip
    counts = {name: value for name, value in made.facts.items() if name.startswith("num_")}
    assert counts == {
        "num_rows": 4, "num_outputs": 3, "num_pictures": 2, "num_answers": 1, "num_prompts": 2,
        "num_problems": 1,
    }  # fmt: skip
    assert made.facts["arms"] == [
        {"arm": "Base", "num_outputs": 1}, {"arm": "Ours", "num_outputs": 2},
    ]  # fmt: skip
    assert json.loads((made.out / "import.json").read_text("utf-8")) == made.facts


def test_an_answer_may_come_with_the_picture_that_was_asked_about(
    run: Import, folder: Path
) -> None:
    rows = [make_row(arm, question_file="images/a.png") for arm in ("One", "Other")]
    made = run(write_jsonl(folder / "t.jsonl", rows))
    assert {row["question_file"] for row in made.rows} == {made.rows[0]["question_file"]}
    assert (made.out / made.rows[0]["question_file"]).read_bytes() == pictures.png(40, 30)
    assert (made.rows[0]["question_width"], made.rows[0]["question_height"]) == (40, 30)
    assert len(list((made.out / "pictures").rglob("*.*"))) == 1
    assert made.facts["size_bytes"] == len(pictures.png(40, 30))


def test_parquet_may_hold_the_pictures_themselves(run: Import, tmp_path: Path) -> None:
    data = pictures.png(8, 8)
    rows = [
        make_row("One", text=None, file={"bytes": data, "path": "x.png"}, mask=b"\0"),
        make_row("Two", text=None, file={"bytes": data, "path": None}, mask=b"\0"),
    ]
    made = run(write_parquet(tmp_path / "t.parquet", rows))
    assert [row["width"] for row in made.rows] == [8, 8]
    assert "mask" not in made.rows[0]


def test_a_zip_of_the_folder_says_the_same(run: Import, folder: Path, tmp_path: Path) -> None:
    write_csv(folder / "t.csv", [make_row(text=None, file="images/a.png")])
    plain = run(folder)
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        for path in sorted(folder.rglob("*.*")):
            file.write(path, Path("packed") / path.relative_to(folder))
    packed = run(tmp_path / "in.zip", options={"out_dir": tmp_path / "out2"})
    assert (tmp_path / "out2" / "outputs.jsonl").read_text() == (
        plain.out / "outputs.jsonl"
    ).read_text()
    assert packed.facts["prompts_digest"] == plain.facts["prompts_digest"]


def test_what_images_generate_wrote_is_a_table_of_outputs(run: Import, folder: Path) -> None:
    """Also beside other tables, and what else is known of a picture stays with it."""
    row = make_row(text=None, file="images/a.png", beta=0.25, flagged=False, sha256="0" * 64)
    row["variant"] = row.pop("arm")
    write_jsonl(folder / "outputs.jsonl", [row])
    write_jsonl(folder / "prompts.jsonl", [{"key": "p1"}])
    made = run(folder)
    assert (made.rows[0]["variant"], made.rows[0]["beta"]) == ("One", 0.25)
    (picture,) = benchmark_outputs.read(made.out)
    assert (picture.variant, picture.scope, picture.is_flagged) == ("One", "regional", False)
    assert picture.sha256 == hashlib.sha256(pictures.png(40, 30)).hexdigest()


def test_prompts_are_written_as_a_set_of_prompts_is(run: Import, tmp_path: Path) -> None:
    made = run(write_jsonl(tmp_path / "t.jsonl", [make_row(), make_row("Two"), make_row(key="b")]))
    lines = [PromptLine(key=key, text=f"What is {key}?", scope="regional") for key in ("p1", "b")]
    assert (made.out / "prompts.jsonl").read_text() == prompts.write(lines)
    assert made.facts["prompts_digest"] == prompts.digest(lines)


def test_a_prompt_stays_in_the_set_though_its_picture_is_broken(run: Import, folder: Path) -> None:
    """So that the set is the same one when the picture is mended."""
    (folder / "images" / "b.jpg").write_bytes(b"<svg/>")
    rows = [
        make_row(text=None, file="images/a.png"),
        make_row(key="p2", text=None, file="images/b.jpg"),
    ]
    broken = run(write_jsonl(folder / "t.jsonl", rows)).facts
    (folder / "images" / "b.jpg").write_bytes(pictures.jpeg())
    mended = run(folder).facts
    assert (broken["num_outputs"], mended["num_outputs"]) == (1, 2)
    assert broken["prompts_digest"] == mended["prompts_digest"]


WRONG: dict[str, tuple[Row, str, str]] = {
    "spelling": (make_row("one", "p2"), "other_spelling", "The arm 'one' is spelt 'One' in line 1"),
    "spaces": (make_row("ONE", "p2"), "other_spelling", "an arm has one spelling."),
    "no arm": (make_row("", "p2"), "unfit_value", "The row has no arm."),
    "no key": (make_row(key=""), "unfit_value", "The row has no prompt_key."),
    "no prompt": (make_row(key="p2", prompt=""), "unfit_value", "The row has no prompt."),
    "long": (
        make_row(key="k" * 121),
        "unfit_value",
        "'prompt_key' has 121 characters; at most 120",
    ),
    "lines": (
        make_row(key="p2", prompt="a\nb"),
        "unfit_value",
        "'prompt' must be one line of printable characters.",
    ),
    "scope": (
        make_row(key="p2", scope="local"),
        "unfit_value",
        "The scope is global or regional, not 'local'.",
    ),
    "other text": (
        make_row("Two", prompt="What else?"),
        "another_prompt",
        "The prompt 'p1' has another text in line 1: 'What is p1?' there, 'What else?' here.",
    ),
    "twice": (
        make_row(text="Again"),
        "repeated",
        "The output of 'One' for the prompt 'p1' with seed 0 stands in line 1 already.",
    ),
    "seed": (make_row(seed=-1), "unfit_value", "The seed is a whole number from 0 on, not '-1'."),
    "seed true": (make_row(seed=True), "unfit_value", "from 0 on, not 'True'."),
    "half": (make_row(seed=0.5), "unfit_value", "from 0 on, not '0.5'."),
    "huge": (make_row(seed=2**63), "unfit_value", f"The seed {2**63} is larger than {2**63 - 1}."),
    "empty": (make_row(key="p2", text=" \n"), "no_output", "The text is empty."),
    "neither": (make_row(key="p2", text=None), "no_output", "The row has neither file nor text."),
    "both": (
        make_row(key="p2", file="images/a.png"),
        "two_outputs",
        "The row has both a file and a text; an output is one of them.",
    ),
    "question": (
        make_row(key="p2", text=None, file="images/a.png", question_file="images/a.png"),
        "two_outputs",
        "The row has a file and a question_file; the latter is for answers.",
    ),
    "list": (
        make_row(key="p2", text=["a"]),
        "unreadable_row",
        "Column 'text' holds list, not text.",
    ),
    "too much": (
        make_row(key="p2", text="a" * 32_001),
        "unfit_value",
        "The text has 32,001 characters; at most 32,000 are taken.",
    ),
    "missing": (
        make_row(key="p2", text=None, file="no.png"),
        "missing_file",
        "There is no file 'no.png'.",
    ),
    "outside": (
        make_row(key="p2", text=None, file="../secret.png"),
        "outside_folder",
        "'../secret.png' leads outside the folder that is being imported.",
    ),
    "remote": (
        make_row(key="p2", text=None, file="https://example.org/a.png"),
        "remote_picture",
        "Remote pictures are not fetched.",
    ),
    "link": (
        make_row(key="p2", text=None, file="link.png"),
        "outside_folder",
        "'link.png' leads outside the folder that is being imported.",
    ),
    "damaged": (
        make_row(key="p2", text=None, file="damaged.png"),
        "truncated_picture",
        "The picture ends too early.",
    ),
    "page": (
        make_row(key="p2", text=None, file="page.png"),
        "not_a_picture",
        "by its contents it is an HTML page.",
    ),
    "bomb": (make_row(key="p2", text=None, file="bomb.png"), "too_many_pixels", "3,600.0 megapix"),
    "film": (
        make_row(key="p2", text=None, file="film.gif"),
        "animated_picture",
        "holds 3 pictures",
    ),
    "tiff": (
        make_row(key="p2", text=None, file="scan.tiff"),
        "not_shown",
        "The picture is TIFF, which browsers do not show; save it as PNG, JPEG or WebP.",
    ),
    "asked": (
        make_row(key="p2", question_file="no.png"),
        "missing_file",
        "There is no file 'no.png'.",
    ),
}


@pytest.fixture
def strange(folder: Path, tmp_path: Path) -> Path:
    """The folder with files that are no pictures."""
    (tmp_path / "secret.png").write_bytes(pictures.png())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "damaged.png").write_bytes(pictures.png()[:300])
    (folder / "page.png").write_text("<html>")
    (folder / "bomb.png").write_bytes(pictures.bomb_png())
    (folder / "film.gif").write_bytes(pictures.animated_gif())
    (folder / "scan.tiff").write_bytes(pictures.encode(pictures.draw(), "TIFF"))
    return folder


@pytest.mark.parametrize("case", WRONG)
def test_a_row_that_is_wrong_is_listed_with_its_line_and_the_others_are_taken(
    run: Import, strange: Path, case: str
) -> None:
    row, reason, sentence = WRONG[case]
    good = [make_row(), make_row("Two")]
    made = run(write_jsonl(strange / "t.jsonl", [good[0], row, good[1]]))
    ((where, found, said),) = made.problems
    assert (where, found) == ("line 2", reason)
    assert sentence in said
    assert [each["variant"] for each in made.rows] == ["One", "Two"]
    assert made.facts["reasons"] == {reason: 1}
    assert made.facts["problems"] == [{"reference": "line 2", "reason": reason, "message": said}]


@pytest.mark.parametrize("case", ["twice", "damaged"])
def test_all_or_nothing_refuses_the_whole_with_the_first_sentences(
    run: Import, strange: Path, tmp_path: Path, case: str
) -> None:
    row, _, sentence = WRONG[case]
    path = write_jsonl(strange / "t.jsonl", [make_row(), row])
    said = refuse(run, path, strict=True)
    assert said.startswith("1 of the 2 rows of 't.jsonl' are wrong, so nothing is imported: ")
    assert f"Line 2: {sentence}" in said
    assert not (tmp_path / "out").exists()


def test_where_every_row_is_wrong_nothing_is_imported(run: Import, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "t.jsonl", [make_row(seed="x", key=f"p{n}") for n in range(7)])
    said = refuse(run, path)
    assert said.startswith("None of the 7 rows of 't.jsonl' can be imported. Line 1: The seed is")
    assert said.endswith("not 'x'. And 2 more.")


def test_only_arms_that_were_named_are_taken(run: Import, tmp_path: Path) -> None:
    rows = [make_row("Base"), make_row("Bsae"), make_row("Ours")]
    made = run(write_jsonl(tmp_path / "t.jsonl", rows), arms=("Base", "Ours"))
    assert made.problems == [
        ("line 2", "unknown_arm", "'Bsae' is none of the arms, which are 'Base', 'Ours'.")
    ]


def test_seeds_may_be_written_as_programs_write_numbers(run: Import, tmp_path: Path) -> None:
    rows = [make_row(seed=seed) for seed in (0, 1.0, "2", None)]
    made = run(write_jsonl(tmp_path / "t.jsonl", rows))
    assert [row["seed"] for row in made.rows] == [0, 1, 2]
    assert [each[1] for each in made.problems] == ["repeated"]


def test_columns_are_found_whatever_their_case_and_a_short_row_is_told(
    run: Import, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        'Arm; Prompt_Key;PROMPT;text;note\nOne;p1;What?;"A; B";n\nTwo;p1;What?\n', "utf-8"
    )
    made = run(path)
    assert made.rows[0]["text"] == "A; B"
    assert made.rows[0]["note"] == "n"
    assert made.problems == [("row 3", "unreadable_row", "The row has 3 fields; the header has 5.")]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("t.csv", "arm,prompt,text\n", "'t.csv' has no column 'prompt_key'; its columns are: arm,"),
        ("t.csv", "arm,prompt_key,prompt,seed\n", "'t.csv' has no column 'file' or 'text'; its co"),
        ("t.csv", "arm,ARM,prompt_key,prompt,text\n", "has the column 'arm' more than once."),
        ("t.csv", "arm,prompt_key,prompt,text\n", "'t.csv' holds no rows."),
        ("t.jsonl", "\n", "'t.jsonl' holds no rows."),
        ("t.jsonl", '[{"arm": 1}]', "'t.jsonl' is a JSON list"),
        ("t.parquet", "no", "is not Parquet: by its contents it is text."),
        ("t.tar", "no", "'t.tar' is read as webdataset; outputs come as a table in CSV, JSONL or"),
    ],
)
def test_a_table_that_cannot_be_one_is_refused(
    run: Import, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert sentence in refuse(run, tmp_path / name)


def test_a_folder_has_one_table(run: Import, folder: Path) -> None:
    said = refuse(run, folder)
    assert said.endswith("or one of several called 'outputs'; found: none.")
    for name in ("a.csv", "b.jsonl"):
        (folder / name).write_text("")
    assert refuse(run, folder).endswith("found: a.csv, b.jsonl.")
    write_csv(folder / "a.csv", [make_row()])
    assert run(folder, format="csv").facts["table"] == "a.csv"


def test_a_name_that_other_prompts_have_is_told_before_any_picture_is_read(
    run: Import, folder: Path
) -> None:
    path = write_jsonl(folder / "t.jsonl", [make_row(text=None, file="images/a.png")])
    with pytest.raises(UnreadableSource, match="already a prompt set named 'Given', and its prom"):
        run(path, options={"named_prompts": "0" * 64})
    digest = run(path).facts["prompts_digest"]
    assert run(path, options={"named_prompts": digest}).facts["num_outputs"] == 1


def test_more_rows_or_prompts_than_are_taken_are_refused(
    run: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jsonl(tmp_path / "t.jsonl", [make_row(key=f"p{n}") for n in range(4)])
    monkeypatch.setattr("ml.importing.outputs.checking.prompts.MOST_PROMPTS", 3)
    assert re.match("The table has more than 3 prompts", refuse(run, path))
    monkeypatch.setattr("ml.importing.outputs.checking.MOST_ROWS", 3)
    assert refuse(run, path) == ("The table has more than 3 rows. Split it, and import its parts.")
