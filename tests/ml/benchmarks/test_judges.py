"""Judges of the real classes, loaded from folders as they are published."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.benchmarks.judges import registry
from ml.benchmarks.judging import Asked, Judge, Reply, Setting, read_reply
from ml.benchmarks.problems import BenchmarkImpossible, UnreadablePicture
from ml.loading.problems import UnfitModel
from specs.judges.registry import JUDGES, read_judge
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from tests import tiny_speakers


def load(method: str, source: Path, **settings: Any) -> Judge:
    spec = BenchmarkRun.model_validate({"judge_method": method, **settings})
    return registry.load(read_judge(spec), source, Setting())


@pytest.fixture(scope="module", params=["blip-vqa", "llava"])
def method(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def folder(method: str, blip: Path, llava: Path) -> Path:
    return {"blip-vqa": blip, "llava": llava}[method]


def test_a_judge_says_yes_and_no_and_what_it_wrote(
    method: str, folder: Path, ask: Callable[..., Asked]
) -> None:
    replies = load(method, folder).answer([ask("red"), ask("blue"), ask("red")])
    assert [reply.answer for reply in replies] == [True, False, True]
    written = [reply.raw for reply in replies]
    assert written == (["yes", "no", "yes"] if method == "blip-vqa" else ["Yes .", "No .", "Yes ."])


def test_an_answer_is_the_same_alone_and_in_company_of_other_lengths(
    method: str, folder: Path, ask: Callable[..., Asked]
) -> None:
    judge = load(method, folder)
    longer = ask("red", "Is it red or is it blue or is it red?")
    together = judge.answer([ask("blue"), longer, ask("red")])
    assert together == [judge.answer([each])[0] for each in (ask("blue"), longer, ask("red"))]


def test_the_digest_is_of_all_that_an_answer_depends_on(
    method: str, folder: Path, tmp_path: Path
) -> None:
    judge = load(method, folder)
    assert judge.is_repeatable
    assert load(method, folder).digest == judge.digest
    assert load(method, folder, max_new_tokens=3).digest != judge.digest
    other = shutil.copytree(folder, tmp_path / "other")
    (other / "note.txt").write_text("changed", "utf-8")
    assert load(method, other).digest != judge.digest
    spec = read_judge(BenchmarkRun(judge_method=method))  # type: ignore[arg-type]
    assert registry.load(spec, folder, Setting(dtype="bf16")).digest != judge.digest


def test_the_wording_of_a_question_is_part_of_a_judge_that_follows_instructions(
    llava: Path, ask: Callable[..., Asked]
) -> None:
    plain = load("llava", llava, template="{question}")
    assert plain.digest != load("llava", llava).digest
    seen: list[Any] = []
    inner = plain._processor.apply_chat_template  # type: ignore[attr-defined]
    plain._processor.apply_chat_template = lambda *a, **k: seen.append(a[0]) or inner(*a, **k)  # type: ignore[attr-defined, func-returns-value]
    plain.answer([ask("red", "Is it {question}?")])
    assert seen[0][0][0]["content"][1]["text"] == "Is it {question}?"


def test_a_model_that_sees_films_as_well_judges_pictures_with_pillow_alone(
    tmp_path: Path, ask: Callable[..., Asked]
) -> None:
    judge = load("llava", tiny_speakers.build_qwen2_vl(tmp_path / "qwen"), max_new_tokens=2)
    assert len(judge.answer([ask("red"), ask("blue")])) == 2


def test_a_folder_without_all_tensors_is_refused_instead_of_filled_with_noise(
    blip: Path, llava: Path, tmp_path: Path
) -> None:
    wrong = shutil.copytree(blip, tmp_path / "wrong")
    (wrong / "model.safetensors").unlink()
    shutil.copy(llava / "model.safetensors", wrong)
    with pytest.raises(UnfitModel, match="'wrong' is no whole BlipForQuestionAnswering: it lacks"):
        load("blip-vqa", wrong)


def test_a_pickle_is_refused(blip: Path, tmp_path: Path) -> None:
    wrong = shutil.copytree(blip, tmp_path / "wrong")
    (wrong / "model.safetensors").unlink()
    torch.save({}, wrong / "pytorch_model.bin")
    with pytest.raises(UnfitModel, match="pytorch_model"):
        load("blip-vqa", wrong)


def test_a_folder_that_does_not_say_how_pictures_are_prepared_is_refused(
    blip: Path, tmp_path: Path
) -> None:
    wrong = shutil.copytree(blip, tmp_path / "wrong")
    (wrong / "processor_config.json").unlink()
    with pytest.raises(UnfitModel, match="'wrong' does not say how pictures"):
        load("blip-vqa", wrong)


def test_a_model_without_a_chat_template_is_refused(llava: Path, tmp_path: Path) -> None:
    wrong = shutil.copytree(llava, tmp_path / "wrong")
    (wrong / "chat_template.jinja").unlink()
    with pytest.raises(UnfitModel, match="'wrong' has no chat template"):
        load("llava", wrong)


def test_a_broken_picture_is_named(blip: Path, tmp_path: Path, ask: Callable[..., Asked]) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    asked = Asked(**{**vars(ask("red")), "picture": broken})
    with pytest.raises(UnreadablePicture, match=r"The picture 'broken\.png' cannot be read"):
        load("blip-vqa", blip).answer([asked])


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        *[(raw, True) for raw in ("yes", "Yes.", "YES, there is", " \n yes", "**Yes**", "1. yes")],
        *[(raw, False) for raw in ("no", "No, it is not", "No cat; yes, a dog")],
        *[(raw, None) for raw in ("", "maybe", "yesterday", "nope", "the answer is yes", "?!")],
    ],
)
def test_the_first_word_of_what_was_written_decides(raw: str, answer: object) -> None:
    assert read_reply(raw) == Reply(answer, raw)  # type: ignore[arg-type]


def write_answers(folder: Path, *lines: str) -> Path:
    path = folder / "answers.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_answers_come_from_a_file_and_what_it_lacks_is_a_gap(
    tmp_path: Path, ask: Callable[..., Asked]
) -> None:
    path = write_answers(
        tmp_path, "variant,item_id,proposition_id,crop,answer",
        "a,red,1,0,yes", "a,red,1,1,no", "b,red,1,0,perhaps",
    )  # fmt: skip
    judge = load("answers", path)
    assert not judge.is_repeatable
    places = [("a", "0"), ("a", "1"), ("b", "0"), ("b", "1"), ("c", "0")]
    asked = [ask("red", variant=variant, crop=crop) for variant, crop in places]
    assert [reply.answer for reply in judge.answer(asked)] == [True, False, None, None, None]


def test_a_file_of_answers_about_one_picture_needs_no_further_columns(
    tmp_path: Path, ask: Callable[..., Asked]
) -> None:
    judge = load("answers", write_answers(tmp_path, "item_id,proposition_id,answer", "red,1,1"))
    assert judge.answer([ask("red")]) == [Reply(True, "yes")]  # noqa: FBT003 - the answer


@pytest.mark.parametrize(
    ("changes", "column"), [({"variant": "b"}, "variant"), ({"crop": "1"}, "crop")]
)
def test_a_file_that_does_not_tell_pictures_apart_is_refused_for_several(
    tmp_path: Path, ask: Callable[..., Asked], changes: dict[str, str], column: str
) -> None:
    judge = load("answers", write_answers(tmp_path, "item_id,proposition_id,answer", "red,1,1"))
    with pytest.raises(BenchmarkImpossible, match=f"no column '{column}'"):
        judge.answer([ask("red"), ask("red", **changes)])


def test_every_judge_of_the_specifications_is_registered_and_the_reverse() -> None:
    assert list(registry.MODULES) == list(JUDGES)
    assert {name: judge.model_fields["method"].default for name, judge in JUDGES.items()} == {
        name: name for name in JUDGES
    }
