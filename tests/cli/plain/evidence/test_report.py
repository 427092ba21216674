"""`ggez report`, from a file of ratings and from its own JSON."""

import csv
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from reports.distillation import files
from tests.distillation_studies import make_study

FEW = ("--bootstrap", 200, "--date", "2026-05-31")
SCALE = ("--levels", "1..3")


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """Twenty prompts by two arms, two criteria and five raters; one could not judge once."""
    draw = random.Random(4)
    path = tmp_path / "ratings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "rater", "value", "criterion", "arm", "prompt", "stratum"])
        for criterion in ("naturalness", "correctness"):
            for prompt in range(20):
                for arm, shift in (("base", 0.0), ("tuned", 0.6)):
                    for rater in range(5):
                        seen = draw.gauss(0, 1) + shift
                        value = 1 + (seen > -0.5) + (seen > 0.5)
                        blank = (criterion, prompt, arm, rater) == ("correctness", 3, "base", 2)
                        stratum = ("อาหาร", "ប្រាសាទ")[prompt % 2]
                        writer.writerow([f"{arm}-{prompt}", f"r{rater}", "" if blank else value,
                                         criterion, arm, f"p{prompt}", stratum])  # fmt: skip
    return path


def call(command: str, *arguments: object) -> Result:
    return CliRunner().invoke(ggez, [command, *map(str, arguments)])


def write(ratings: Path, name: str, *more: object) -> Path:
    out = ratings.parent / name
    option = {".pdf": "--pdf", ".json": "--json"}.get(out.suffix, "--figures")
    baseline = ("--baseline", "base")
    result = call("report", ratings, *SCALE, *FEW, *baseline, option, out, *more)
    assert result.exit_code == 0, result.stderr
    return out


def test_a_report_has_the_numbers_of_the_other_commands(ratings: Path) -> None:
    found = json.loads(write(ratings, "study.json").read_text("utf-8"))
    for criterion in ("correctness", "naturalness"):
        told = call("agreement", ratings, *SCALE, "--bootstrap", 200, "--criterion", criterion,
                    "--json")  # fmt: skip
        whole = {**found["agreement"][criterion]}
        assert {group["arm"] for group in whole.pop("by") if "arm" in group} == {"base", "tuned"}
        assert whole == json.loads(told.stdout)
    told = call("effects", ratings, "--baseline", "base", "--bootstrap", 200, "--by", "stratum",
                "--json")  # fmt: skip
    assert {**found["effects"], "by": "stratum"} == json.loads(told.stdout)


@pytest.mark.parametrize("name", ["a.pdf", "a.json", "a.csv", "a.parquet"])
def test_the_same_inputs_give_the_same_bytes(ratings: Path, name: str) -> None:
    once = write(ratings, name).read_bytes()

    assert once
    assert write(ratings, name).read_bytes() == once


def test_its_json_prints_the_same_report_again(ratings: Path, tmp_path: Path) -> None:
    study, pdf = write(ratings, "study.json"), write(ratings, "ratings.pdf")
    again = tmp_path / "again.pdf"
    result = call("report", study, "--pdf", again)

    assert result.exit_code == 0, result.stderr
    assert again.read_bytes() == pdf.read_bytes()


def test_the_date_and_title_on_a_study_can_be_given(ratings: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    call("report", write(ratings, "study.json"), "--json", out, "--date", "2025-01-02",
         "--title", "Ours")  # fmt: skip
    found = json.loads(out.read_text("utf-8"))

    assert (found["made_on"], found["title"]) == ("2025-01-02", "Ours")


def test_what_a_table_does_not_tell_is_left_open(ratings: Path) -> None:
    found = json.loads(write(ratings, "study.json").read_text("utf-8"))

    assert found["title"] == "ratings"
    assert found["raters"]["num"] == 5
    assert found["raters"]["by_country"] == []
    assert found["coverage"] == []
    assert found["design"]["medium"] is None
    assert found["left_out"] == [{"rule": "no_value", "num_ratings": 1, "num_raters": 1}]


def test_without_a_baseline_nothing_is_compared(ratings: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = call("report", ratings, *SCALE, *FEW, "--json", out)

    assert result.exit_code == 0, result.stderr
    assert json.loads(out.read_text("utf-8"))["effects"] is None


def test_items_raters_and_values_are_enough(tmp_path: Path) -> None:
    path, out = tmp_path / "small.csv", tmp_path / "small.pdf"
    path.write_text("item,rater,value\na,x,1\na,y,2\nb,x,3\nb,y,3\n", "utf-8")
    result = call("report", path, *SCALE, *FEW, "--pdf", out, "--language", "id")

    assert result.exit_code == 0, result.stderr
    assert out.read_bytes().startswith(b"%PDF-")


def test_simulated_raters_are_told(ratings: Path) -> None:
    found = json.loads(write(ratings, "study.json", "--simulated").read_text("utf-8"))

    assert found["who"] == "simulated"


def test_a_codebook_needs_no_more_than_to_be_asked_for(ratings: Path, tmp_path: Path) -> None:
    out = tmp_path / "codebook.csv"
    result = call("report", ratings, *SCALE, *FEW, "--codebook", out)

    assert result.exit_code == 0, result.stderr
    assert "alpha.ordinal" in out.read_text("utf-8-sig")
    assert f"Written: {out}" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*SCALE,), "Say what to write: --pdf, --json, --figures or --codebook."),
        (("--pdf", "x.pdf"), "Ratings need --levels"),
        ((*SCALE, "--figures", "x.xls"), "'x.xls' ends in neither of .csv, .parquet."),
        ((*SCALE, "--pdf", "x.pdf", "--date", "31.5.2026"), "'31.5.2026' is no date"),
        ((*SCALE, "--json", "x.json", "--baseline", "nobody"), "'nobody' has no ratings"),
        (("--levels", "1..2", "--json", "x.json"), "is no level of the scale"),
    ],
)
def test_what_cannot_be_done_is_said(
    ratings: Path, arguments: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ratings.parent)
    result = call("report", ratings, *arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert [path.name for path in ratings.parent.iterdir()] == ["ratings.csv"]


def test_a_study_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    path.write_text('{"shape": 9}', "utf-8")
    result = call("report", path, "--pdf", tmp_path / "x.pdf")

    assert result.exit_code == 2
    assert result.stderr == "'study.json' is a report of shape 9; this version reads shape 1.\n"


def test_levels_are_for_ratings(ratings: Path) -> None:
    result = call("report", write(ratings, "s.json"), *SCALE, "--pdf", "x.pdf")

    assert result.exit_code == 2
    assert "--levels is for ratings; 's.json' is a report." in result.stderr


def test_effects_need_an_arm_and_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text("item,rater,value\na,x,1\n", "utf-8")
    result = call("report", path, *SCALE, "--baseline", "base", "--json", tmp_path / "x.json")

    assert result.exit_code == 2
    assert "'small.csv' has no column arm and no column prompt" in result.stderr


def test_a_study_of_distillation_is_printed_too(tmp_path: Path) -> None:
    source = tmp_path / "found.json"
    source.write_bytes(files.write(make_study(labels=("ED", "DR"), teachers=("World CLIP",))))
    written = {name: tmp_path / name for name in ("a.pdf", "b.json", "c.parquet", "d.csv")}
    pdf, again, figures, codebook = written.values()
    result = call(
        "report", source, "--date", "2026-05-31", "--title", "Halves", "--language", "id",
        "--pdf", pdf, "--json", again, "--figures", figures, "--codebook", codebook,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert pdf.read_bytes().startswith(b"%PDF")
    assert json.loads(again.read_text("utf-8"))["name"] == "Halves"
    assert figures.read_bytes().startswith(b"PAR1")
    assert "text-to-image, MRR@10" in codebook.read_text("utf-8-sig")
    refused = call("report", source, *SCALE, "--pdf", pdf)
    assert "--levels is for ratings; 'found.json' is a report." in refused.stderr


def test_a_broken_study_of_distillation_is_told(tmp_path: Path) -> None:
    source = tmp_path / "found.json"
    facts = json.loads(files.write(make_study()))
    source.write_text(json.dumps(facts | {"shape": 7}))
    result = call("report", source, "--pdf", tmp_path / "a.pdf")
    assert result.exit_code != 0
    assert "of the shape 7" in result.stderr
