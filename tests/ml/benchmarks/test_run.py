"""A whole benchmark on pictures that were generated elsewhere, with a judge that is counted."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cli.plain import computing
from ml import files
from ml.benchmarks import run
from ml.benchmarks.asking import AnswerStore
from ml.benchmarks.judges import registry
from ml.benchmarks.judging import Asked, Judge, Reply
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Silent, Stopped
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from stats.frontier import score_files
from stats.scoring import answers as answer_files
from stats.scoring import questions as question_files
from stats.scoring.score import score
from tests.full_disk import files_up_to

# The prompt 'glow' asks for a bright red picture; 'shade' for a dark one. Blue is never asked for.
QUESTIONS = """item_id,proposition_id,dependency,category_broad,question_natural_language
glow,1,0,entity,Is it red?
glow,2,1,attribute,Is it bright?
shade,1,0,entity,Is it dark?
other,1,0,entity,Is it there?
"""
# Variant, prompt, seed -> colour. The base makes 'glow' once right and once dark.
MADE = {
    ("beta-0", "glow", 0): (250, 0, 0), ("beta-0", "glow", 1): (90, 0, 0),
    ("beta-0", "shade", 0): (0, 0, 250), ("beta-0", "shade", 1): (0, 0, 90),
    ("beta-1", "glow", 0): (0, 0, 250), ("beta-1", "glow", 1): (250, 0, 0),
    ("beta-1", "shade", 0): (0, 0, 90), ("beta-1", "shade", 1): (0, 0, 91),
}  # fmt: skip
SCOPES = {"glow": "global", "shade": "regional"}


class PixelJudge:
    """Says what one pixel shows; counts what it is asked, and stops when it is told to."""

    digest = "pixels 1"
    is_repeatable = True

    def __init__(self) -> None:
        self.batches: list[list[Asked]] = []
        self.stop_after: int | None = None

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        if len(self.batches) == self.stop_after:
            raise Stopped
        self.batches.append(list(batch))
        return [self._answer(asked) for asked in batch]

    def _answer(self, asked: Asked) -> Reply:
        pixel = asked.open_picture().getpixel((0, 0))
        assert isinstance(pixel, tuple)
        red, _, blue = pixel
        answers = {
            "Is it red?": red > blue,
            "Is it bright?": max(red, blue) > 128,
            "Is it dark?": max(red, blue) <= 128,
        }
        return Reply(answers[asked.question], "looked")


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> PixelJudge:
    judge = PixelJudge()

    def load(*_: object) -> Judge:
        return judge

    monkeypatch.setattr(registry, "load", load)
    return judge


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return write_outputs(tmp_path / "made")


def write_outputs(folder: Path, changes: Mapping[tuple[str, str, int], Any] | None = None) -> Path:
    rows = []
    for (variant, prompt, seed), colour in MADE.items():
        file = folder / "images" / variant / f"{prompt}-{seed}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), colour).save(file)
        row = {
            "variant": variant, "beta": float(variant[-1]), "prompt_key": prompt, "seed": seed,
            "file": file.relative_to(folder).as_posix(), "scope": SCOPES[prompt],
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "prompt": "a picture",
        }  # fmt: skip
        rows.append(row | dict((changes or {}).get((variant, prompt, seed), {})))
    (folder / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text(QUESTIONS, "utf-8")
    return path


def measure(made: Path, questions: Path, out: str = "out", **given: Any) -> dict[str, Any]:
    inputs = {name: given.pop(name) for name in ("judge", "answers") if name in given}
    if not inputs:
        inputs = {"judge": made}
    return run.run_benchmark(
        BenchmarkRun.model_validate(given),
        outputs=made,
        questions=questions,
        out_dir=made.parent / out,
        state_dir=made.parent / "state",
        progress=Silent(),
        **inputs,
    )


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_variant_is_scored_per_scope_with_seeds_as_crops(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    result = measure(made, questions)
    assert {(v["variant"], v["scope"]): v["score"] for v in result["variants"]} == {
        ("beta-0", "global"): 75,  # (1 1) and (1 0)
        ("beta-0", "regional"): 50,
        ("beta-1", "global"): 50,  # blue is not red, so its brightness counts for nothing; (1 1)
        ("beta-1", "regional"): 100,
    }
    first = result["variants"][0]
    assert (first["beta"], first["n_items"], first["n_questions"], first["gaps"]) == (0, 1, 2, 0)
    assert first["by_category"] == {"attribute": 50, "entity": 100}
    assert (result["mode"], result["items_without_pictures"]) == ("dsg", 1)
    assert result["judge"].startswith("blip-vqa ")
    assert result == json.loads(json.dumps(result, allow_nan=False))


def test_the_tables_feed_scoring_and_weighing(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    result = measure(made, questions, mode="dpg", metric="sandbox")
    out = made.parent / "out"
    scores = score_files.read(out / "scores.csv")
    assert [(s.variant, s.beta, s.scope, s.metric, s.value, s.bounds) for s in scores] == [
        (v["variant"], v["beta"], v["scope"], "sandbox", v["score"], (0, 100))
        for v in result["variants"]
    ]
    said = answer_files.read(out / "answers.csv", "variant")
    asked = question_files.read(questions).select({"glow"})
    assert score(asked, said["beta-0"], "dpg").score == result["variants"][0]["score"]
    assert read_table(out / "answers.csv")[0] == {
        "variant": "beta-0", "item_id": "glow", "proposition_id": "1", "crop": "0", "seed": "0",
        "answer": "yes", "raw": "looked",
    }  # fmt: skip
    assert {(r["variant"], r["item_id"]): float(r["score"]) for r in read_table(out / "items.csv")}[
        "beta-0", "glow"
    ] == 0.75
    kept = json.loads((out / "scores.json").read_text("utf-8"))
    assert kept["variants"][0]["left_out"] == []


def test_the_same_picture_and_question_are_asked_once(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    measure(made, questions, batch_size=3)
    asked = [each for batch in judge.batches for each in batch]
    # Of 12 pairs, (250, 0, 0) with two questions, and (0, 0, 90) with one, come twice.
    assert len(asked) == len({(each.sha256, each.question) for each in asked}) == 9
    assert [len(batch) for batch in judge.batches] == [3, 3, 3]


def test_an_interrupted_run_goes_on_in_the_same_batches_and_ends_the_same(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    whole = measure(made, questions, "whole", batch_size=2)
    batches, judge.batches = judge.batches, []
    (made.parent / "state" / "answers.jsonl").unlink()
    judge.stop_after = 2
    with pytest.raises(Stopped):
        measure(made, questions, "resumed", batch_size=2)
    judge.stop_after = None
    assert measure(made, questions, "resumed", batch_size=2) == whole
    assert judge.batches == batches
    for name in ("answers.csv", "scores.csv", "items.csv", "scores.json"):
        one, other = ((made.parent / out / name).read_bytes() for out in ("whole", "resumed"))
        assert one == other, name


def test_a_line_that_was_cut_off_is_asked_again_and_another_judge_is_not_believed(
    tmp_path: Path, made: Path, questions: Path, judge: PixelJudge
) -> None:
    measure(made, questions, batch_size=1)
    path = made.parent / "state" / "answers.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    judge.batches = []
    measure(made, questions, "again", batch_size=1)
    assert len(judge.batches) == 1
    some = judge.batches[0][0]
    assert AnswerStore(path, judge.digest).find(some) == Reply(judge._answer(some).answer, "looked")
    assert AnswerStore(path, "another judge").find(some) is None


def test_a_disk_that_fills_up_while_asking_costs_the_answers_that_it_had_no_room_for(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    whole = measure(made, questions, "whole", batch_size=1)
    kept = made.parent / "state" / "answers.jsonl"
    room = kept.stat().st_size // 2
    kept.unlink()
    judge.batches = []
    with files_up_to(room), pytest.raises(OSError, match="File too large"):
        measure(made, questions, "out", batch_size=1)
    assert not (made.parent / "out").exists()
    num_kept = kept.read_bytes().count(b"\n")
    assert 0 < num_kept < 9
    judge.batches = []
    assert measure(made, questions, "out", batch_size=1) == whole
    assert len(judge.batches) == 9 - num_kept


@pytest.mark.parametrize("name", ["answers.csv", "items.csv", "scores.csv", "scores.json"])
def test_a_disk_that_fills_up_while_writing_leaves_no_scores_and_no_folder(
    made: Path, questions: Path, judge: PixelJudge, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As the terminal runs it, and the same command goes on with the answers that were kept."""
    out = made.parent / "computed"

    def run_it() -> dict[str, Any]:
        inputs = {"outputs": made, "questions": questions, "judge": made}
        function = "ml.benchmarks.run:run_benchmark"
        return computing.compute_into(out, function, BenchmarkRun(), Silent(), inputs)

    def write(path: Path, data: bytes) -> None:
        if path.name == name:
            assert not (path.parent / "scores.json").exists()
            path.with_suffix(".part").write_bytes(data[:10])
            raise OSError(28, "No space left on device")
        files_as_ever(path, data)

    files_as_ever = files.write_bytes
    with monkeypatch.context() as patch:
        patch.setattr(files, "write_bytes", write)
        with pytest.raises(OSError, match="No space left"):
            run_it()
    assert not out.exists()
    num_asked = len(judge.batches)
    run_it()
    assert len(judge.batches) == num_asked
    assert sorted(path.name for path in out.iterdir()) == [
        "answers.csv", "items.csv", "scores.csv", "scores.json",
    ]  # fmt: skip


def test_a_picture_that_the_safety_checker_replaced_is_a_gap(
    tmp_path: Path, questions: Path, judge: PixelJudge
) -> None:
    made = write_outputs(tmp_path / "made", {("beta-0", "glow", 1): {"flagged": True}})
    result = measure(made, questions)
    first = result["variants"][0]
    assert (first["score"], first["gaps"], first["n_left_out"]) == (None, 2, 1)
    assert result["num_flagged"] == 1
    table = read_table(made.parent / "out" / "scores.csv")
    assert table[0]["value"] == ""


def test_variants_are_compared_with_the_base_prompt_by_prompt(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    effects = measure(made, questions)["effects"]
    assert [(e["variant"], e["base"], e["scope"]) for e in effects] == [
        ("beta-1", "beta-0", "global"),
        ("beta-1", "beta-0", "regional"),
    ]
    assert effects[0]["difference"]["value"] == -0.25
    assert effects[0]["difference"]["reason"] == "1 prompt has no spread"
    assert effects[1]["ratio"]["value"] == 2
    assert (effects[0]["num_resamples"], effects[0]["num_prompts"]) == (10_000, 1)


def test_the_scope_may_be_said_for_all(made: Path, questions: Path, judge: PixelJudge) -> None:
    result = measure(made, questions, scope="global")
    assert [(v["variant"], v["scope"], v["n_items"]) for v in result["variants"]] == [
        ("beta-0", "global", 2),
        ("beta-1", "global", 2),
    ]


def test_answers_given_elsewhere_are_scored_without_a_model(
    tmp_path: Path, made: Path, questions: Path
) -> None:
    path = tmp_path / "answers.csv"
    rows = ["variant,item_id,proposition_id,seed,answer"]
    rows += [f"{v},{p},{q},{s},yes" for v, p, s in MADE for q in ((1, 2) if p == "glow" else (1,))]
    path.write_text("\n".join(rows[:-1]), "utf-8")
    result = measure(made, questions, judge_method="answers", answers=path)
    assert [v["score"] for v in result["variants"]] == [100, 100, 100, None]
    assert result["variants"][3]["gaps"] == 1


def break_digest(made: Path) -> None:
    (made / "images/beta-0/glow-0.png").write_bytes(b"another")


def lose_picture(made: Path) -> None:
    (made / "images/beta-0/glow-0.png").unlink()


def repeat_row(made: Path) -> None:
    table = made / "outputs.jsonl"
    table.write_text(table.read_text("utf-8") * 2, "utf-8")


def lead_out(made: Path) -> None:
    write_outputs(made, {("beta-0", "glow", 0): {"file": "../../secret.png"}})


def forget_scope(made: Path) -> None:
    write_outputs(made, {("beta-0", "glow", 0): {"scope": None}})


def mix_betas(made: Path) -> None:
    write_outputs(made, {("beta-0", "glow", 1): {"beta": 0.5}})


def lose_column(made: Path) -> None:
    write_outputs(made, {("beta-0", "glow", 1): {"seed": None}})


def lose_table(made: Path) -> None:
    (made / "outputs.jsonl").unlink()


def rename_prompts(made: Path) -> None:
    write_outputs(made, {key: {"prompt_key": "unasked", "seed": n} for n, key in enumerate(MADE)})


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (break_digest, r"'glow-0\.png' is not the one that was generated"),
        (lose_picture, r"The picture 'glow-0\.png' is missing\."),
        (repeat_row, r"line 9: the picture of 'glow' by 'beta-0' with seed 0 stands in line 1"),
        (lead_out, r"line 1: '\.\./\.\./secret\.png' leads out of the folder"),
        (forget_scope, "The prompt 'glow' does not say its scope"),
        (mix_betas, "'beta-0' has two betas"),
        (lose_column, "line 2: 'seed' cannot be so"),
        (lose_table, r"'made' holds no generated pictures"),
        (rename_prompts, "No prompt of the 8 pictures has questions"),
    ],
)
def test_outputs_that_are_not_what_was_generated_are_refused(
    made: Path, questions: Path, judge: PixelJudge, spoil: Any, sentence: str
) -> None:
    spoil(made)
    with pytest.raises(BenchmarkImpossible, match=sentence):
        measure(made, questions)
    assert judge.batches == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"seed": ' + "9" * 5000 + "}", r"^Line 1 of outputs\.jsonl is not JSON\.$"),
        ("[" * 200_000, r"^Line 1 of outputs\.jsonl is not JSON\.$"),
        ('{"variant": "a", "beta": NaN}', "line 1: 'beta' cannot be so: Input should be a finite"),
        (
            '{"variant": "a", "prompt_key": "k", "seed": 0, "file": "\\u0000"}',
            "line 1: 'file' cannot be so",
        ),
        (
            '{"variant": "a", "prompt_key": "k", "seed": 0, "text": "A boat"}',
            "line 1: the output of 'a' for 'k' is no picture with its digest, and questions are",
        ),
    ],
    ids=["number", "depth", "beta", "file", "answer"],
)  # fmt: skip
def test_a_row_that_nothing_wrote_is_refused(
    made: Path, questions: Path, line: str, sentence: str
) -> None:
    (made / "outputs.jsonl").write_text(f"{line}\n")
    with pytest.raises(BenchmarkImpossible, match=sentence):
        measure(made, questions)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"judge": None}, "The judge 'blip-vqa' needs a model."),
        ({"judge_method": "answers", "answers": None}, "'answers' needs a file of answers."),
        ({"answers": Path("a"), "judge": Path("b")}, "has no use for a file of answers."),
    ],
)
def test_a_judge_gets_what_it_needs_and_nothing_else(
    made: Path, questions: Path, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BenchmarkImpossible, match=sentence):
        measure(made, questions, **given)


def test_a_question_without_words_cannot_be_asked(
    made: Path, questions: Path, judge: PixelJudge
) -> None:
    questions.write_text(QUESTIONS.replace("Is it bright?", ""), "utf-8")
    with pytest.raises(BenchmarkImpossible, match="Question 2 of 'glow' has no words"):
        measure(made, questions)
