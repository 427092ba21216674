"""What `make prove` measures at length, in its one-minute form: the same code, no limits."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each is a minute of computing on a core of its own; where tests crowd on it, several.
pytestmark = pytest.mark.timeout(600)


def measure(name: str, *words: str) -> tuple[str, dict[str, str]]:
    """What it printed, and of each row of its tables the first figure."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--small", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.startswith("## ")
    return done.stdout, dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|", done.stdout, re.MULTILINE))


def test_merging_names_its_rows_and_leaves_nothing(tmp_path: Path) -> None:
    _, rows = measure("merge", "--folder", str(tmp_path))

    assert float(rows["read rate R, GB/s"]) > 0
    assert float(rows["one beta, times the plain copies"]) > 0
    assert float(rows["the second, times the first"]) < 1.1
    assert list(tmp_path.iterdir()) == []


def test_filtering_stands_beside_its_encoder() -> None:
    said, rows = measure("filter", "--items", "16", "--rounds", "1", "--threads", "1")

    assert float(rows["the encoder alone"]) > 0
    assert float(rows["the whole filter"]) > 0
    assert re.search(r"reaches \d+% of its encoder", said)


def test_searching_stands_beside_one_product() -> None:
    said, rows = measure("retrieval")

    assert {"1 x 16", "8 x 16"} <= set(rows)
    assert "chunks of 100 words are indexed in" in said


def test_questions_are_answered_alone_and_together() -> None:
    said, rows = measure("answering")

    assert float(rows["llava"]) > 0
    assert "at least 2 is the limit" in said


def test_agreement_is_that_of_libraries_and_of_the_command() -> None:
    said, rows = measure("agreement")

    assert float(rows["the whole command"]) > 0
    assert {"irrCAC, AC1", "krippendorff, ordinal alpha"} <= set(rows)
    assert "The command's numbers are those in process." in said


def test_a_step_stands_beside_the_bare_step() -> None:
    said, rows = measure("finetune")

    assert float(rows["bare"]) > 0
    assert re.search(r"whole / bare: \d\.\d+ \(limit 1\.15\)", said)


def test_gradients_from_parts_are_those_of_the_big_batch() -> None:
    said, rows = measure("contrastive", "--items", "8", "--part", "2")

    assert float(rows["one big batch"]) > 0
    assert float(rows["cached"]) > 0
    assert re.search(r"gradients differ by \d\.\de[-+]\d+ of their length", said)


def test_raters_over_http_leave_books_that_are_right() -> None:
    _, rows = measure("rating")

    assert float(rows["10 raters, 5 a second"]) > 0
    assert float(rows["4 in a closed loop"]) > 0
    assert float(rows["4 in a closed loop, without scripts"]) > 0
    assert int(rows["answers that said saved"]) > 20
    assert rows["primary and surplus ratings"] == rows["answers that said saved"]
    assert rows["different client keys"] == rows["answers that said saved"]
    assert rows["items over their quota or miscounted"] == "0"


@pytest.mark.xdist_group("sandbox")
def test_ways_to_distil_are_compared_beside_their_teachers() -> None:
    said, rows = measure("sandbox_distill")

    assert {"teacher", "FD", "ED", "SD", "MCL", "DR"} <= set(rows)
    assert "trade-off" in said


def test_intervals_stand_beside_what_they_are_to_cover() -> None:
    said, rows = measure("coverage")

    assert {"143 x 12, rater x arm 0.15", "alpha, 300 x 30, rater x arm 0"} <= set(rows)
    assert all(
        re.fullmatch(r"[\d.]+% \([\d.]+\)", cell)
        for name, cell in rows.items()
        if "rater x arm" in name
    )
    assert "every rating for itself" in said


@pytest.mark.xdist_group("browser-paths")
def test_the_first_rating_screen_is_painted() -> None:
    said, rows = measure("rating_page")

    assert float(rows["largest contentful paint"]) > 0
    assert "4x CPU slow-down" in said


@pytest.mark.xdist_group("sandbox")
def test_the_whole_method_runs_in_the_sandbox() -> None:
    said, rows = measure("sandbox")

    assert {"0", "0.5", "1"} <= set(rows)
    assert float(rows["planted near duplicates dropped"]) >= 0.95
    assert float(rows["dropped and not planted"]) <= 0.01
    assert "GRP at alpha 0.43" in said


@pytest.mark.xdist_group("sandbox")
def test_the_shipped_models_are_made_anew_and_compared() -> None:
    _, rows = measure("sandbox_train")

    assert set(rows) >= {"base, global", "base, regional", "judge, concept", "judge, place"}


@pytest.mark.xdist_group("sandbox")
def test_the_answers_arm_runs_in_the_sandbox() -> None:
    said, rows = measure("sandbox_answers")

    assert {"0", "0.5", "base, plain", "adapted, retrieved", "interaction"} <= set(rows)
    assert "gain of the chosen merge" in rows
    assert "minutes, against about 15" in said


@pytest.mark.xdist_group("sandbox")
def test_the_shipped_model_of_the_answers_arm_is_made_anew_and_compared() -> None:
    _, rows = measure("sandbox_answers_train")

    assert set(rows) >= {
        "global, thing",
        "regional, thing",
        "regional, fact of what is named, read",
    }


@pytest.mark.xdist_group("sandbox")
def test_the_embeddings_arm_runs_in_the_sandbox() -> None:
    said, rows = measure("sandbox_embeddings")

    assert {"0", "0.5", "1"} <= set(rows)
    assert "gain of the chosen merge" in rows
    assert "minutes, against about 12" in said


@pytest.mark.xdist_group("sandbox")
def test_the_shipped_models_of_the_embeddings_arm_are_made_anew_and_compared() -> None:
    said, rows = measure("sandbox_embeddings_train")

    assert "### CLIP\n" in said
    assert "### SigLIP2\n" in said
    assert {"global, km", "regional, th"} <= set(rows)
