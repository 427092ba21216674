"""Answers are those of the model's own generation, and their draws those of question and seed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from ml import digests
from ml.answering import answerer
from ml.answering.problems import CannotAnswer
from ml.loading import quizzes
from ml.loading.families import registry
from ml.loading.mixtures import mixing
from ml.loading.pretrained import without_progress_bars
from ml.loading.problems import UnfitModel, UnfitQuiz
from ml.loading.speaking import learnt, questions
from ml.loading.speaking.turns import Turn
from ml.progress import OutOfMemory
from specs.families.llava import Llava
from specs.quiz import QuizItem
from tests import tiny_speakers

from .conftest import CPU, Make, make_items, make_passages, move, write_quiz

KEYS = ["dish/1", "open", "dish/2", "colour"]


@pytest.mark.parametrize("name", tiny_speakers.BUILDERS)
def test_answer_is_that_of_the_models_own_generation(
    make: Make, folders: Callable[[str], Path], name: str
) -> None:
    made = make(base=folders(name))
    speaker = registry.load(folders(name), CPU)
    quiz = quizzes.read(made.out.parent / "quiz")
    for item, row in zip(quiz.items, made.rows, strict=True):
        turn = Turn(text=questions.write(item, [], speaker.family), picture=quiz.open_picture(item))
        with torch.inference_mode():
            asked = speaker.encode([turn])
            said = speaker.model.generate(
                **asked, max_new_tokens=6, do_sample=False,
                suppress_tokens=list(speaker.unsayable_ids),
            )  # fmt: skip
        expected = said[0, asked["input_ids"].shape[1] :].tolist()
        ends = [n for n, each in enumerate(expected) if each in speaker.end_ids]
        kept = expected[: ends[0]] if ends else expected
        assert row["text"] == speaker.decode([kept])[0]
        assert (row["num_tokens"], row["finished"]) == (len(kept), bool(ends))
    assert len({row["text"] for row in made.rows}) > 1


def test_every_answer_says_what_decided_it(make: Make) -> None:
    passages = {key: make_passages("Rendang is beef.", "Pho is soup.") for key in KEYS}
    made = make(
        passages=passages, num_passages=1, seeds=(3, 4), temperature=0.7, top_p=0.9,
        system="Look.", likelihood=True,
    )  # fmt: skip
    row = made.rows[1]
    assert row.pop("text")
    assert isinstance(row.pop("num_tokens"), int)
    assert isinstance(row.pop("finished"), bool)
    assert len(row.pop("option_scores")) == 3
    parameters = row.pop("parameters")
    assert parameters.pop("num_prompt_tokens") > 100
    assert parameters == {
        "temperature": 0.7, "top_p": 0.9, "max_new_tokens": 6, "system": "Look.",
        "num_passages": 1, "batch_index": 2, "batch_size": 2, "device": "cpu", "dtype": "fp32",
        "threads": 1, "wording": Llava().digest_wording(),
    }  # fmt: skip
    assert row == {
        "variant": "model", "beta": None, "prompt_key": "dish/1", "prompt": "Which dish is this?",
        "seed": 4, "scope": "regional", "stratum": "dish", "region": "sea", "country": "ID",
        "language": "en", "category": "food", "question_file": "pictures/0.png",
        "question_sha256": digests.of_file(made.out / "pictures/0.png"),
        "passages": make_passages("Rendang is beef."), "cut": None,
    }  # fmt: skip
    assert made.result == json.loads((made.out / "generation.json").read_text("utf-8"))
    assert (made.result["num_answers"], made.result["num_questions"]) == (8, 4)
    assert made.result["family"]["context"].count("{passages}") == 1
    assert made.result["gaps"] == []


def test_answers_come_in_the_order_of_the_quiz_whatever_their_batches(make: Make) -> None:
    made = make(seeds=(0, 1), temperature=1.0)
    assert [(row["prompt_key"], row["seed"]) for row in made.rows] == [
        (key, seed) for key in KEYS for seed in (0, 1)
    ]
    assert len({row["parameters"]["batch_index"] for row in made.rows}) == 3


def test_only_the_first_questions_are_asked_when_a_number_is_said(make: Make) -> None:
    made = make(max_questions=2)
    assert [row["prompt_key"] for row in made.rows] == KEYS[:2]
    assert [path.name for path in (made.out / "pictures").iterdir()] == ["0.png"]


def test_the_same_work_gives_the_same_files(make: Make) -> None:
    settings: dict[str, Any] = {"seeds": (0, 1), "temperature": 1.0, "likelihood": True}
    one, two = (make(name=name, **settings).files() for name in ("one", "two"))
    assert one == two


def test_question_and_seed_alone_decide_what_is_drawn(make: Make) -> None:
    """Not what is asked beside it, nor how many at once."""
    settings: dict[str, Any] = {"temperature": 1.0, "seeds": (5, 6)}
    together = make(name="together", batch_size=8, **settings).read()
    alone = make(name="alone", batch_size=1, **settings).read()
    some = make(make_items()[:1], name="some", temperature=1.0, seeds=(6,)).read()
    assert together == alone
    assert together["dish/1", 6] == some["dish/1", 6]
    assert len(set(together.values())) == 8


def test_same_words_about_another_picture_are_another_draw(make: Make) -> None:
    """A hot model says next to nothing but noise."""
    said = make(temperature=10.0, max_new_tokens=12).read()
    assert said["dish/1", 0] != said["dish/2", 0]


def test_likeliest_share_leaves_the_unlikely_out(make: Make) -> None:
    """So small a share holds one word, which is the greedy answer."""
    greedy = make(name="greedy").read()
    drawn = make(name="drawn", temperature=2.0, top_p=1e-6).read()
    free = make(name="free", temperature=2.0).read()
    assert drawn == greedy != free


def test_sweep_equals_answers_of_merges_that_were_written(
    make: Make, llava: Path, tuned: Path, tmp_path: Path
) -> None:
    made = make(other=tuned, betas=(0.0, 0.3, 1.0), likelihood=True)
    assert [each["variant"] for each in made.result["variants"]] == ["beta-0", "beta-0.3", "beta-1"]
    merged = merge(llava, tuned, 0.3, tmp_path / "merged")
    seen = set()
    for variant, folder in {"beta-0": llava, "beta-0.3": merged, "beta-1": tuned}.items():
        written = make(name=variant, base=folder, likelihood=True)
        swept = [row for row in made.rows if row["variant"] == variant]
        for one, other in zip(swept, written.rows, strict=True):
            assert one["text"] == other["text"]
            assert one["option_scores"] == other["option_scores"]
        seen.add(tuple(row["text"] for row in swept))
    assert len(seen) == 3


def merge(base: Path, tuned: Path, beta: float, target: Path) -> Path:
    ends = [registry.load(folder, CPU) for folder in (base, tuned)]
    first, second = (end.model.state_dict() for end in ends)
    with torch.no_grad():
        for name, tensor in first.items():
            scratch = mixing.make_scratch()
            mixing.mix(tensor.flatten(), second[name].flatten(), beta, tensor.view(-1), scratch)
    with without_progress_bars():
        ends[0].model.save_pretrained(target)
    ends[0].processor.save_pretrained(target)
    return target


@pytest.mark.parametrize("name", ["gemma3", "qwen2.5-vl", "phi4"])
def test_every_layout_of_names_is_swept(
    make: Make, folders: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    """Files of some classes call their tensors otherwise than the class does, and share some."""
    other = move(folders(name), tmp_path / "tuned")
    made = make(base=folders(name), other=other, betas=(0.0, 1.0), max_questions=2)
    for variant, folder in (("beta-0", folders(name)), ("beta-1", other)):
        written = make(name=variant, base=folder, max_questions=2)
        assert made.read(variant) == written.read()


def test_order_of_betas_changes_no_answer(make: Make, tuned: Path) -> None:
    up = make(name="up", other=tuned, betas=(0.0, 0.5, 1.0))
    down = make(name="down", other=tuned, betas=(1.0, 0.5, 0.0))
    for variant in ("beta-0", "beta-0.5", "beta-1"):
        assert up.read(variant) == down.read(variant)


def test_passages_stand_before_the_question_and_change_what_is_said(make: Make) -> None:
    plain = make(name="plain").rows
    passages = {key: make_passages("Rendang is beef from Padang.") for key in KEYS}
    retrieved = make(name="retrieved", passages=passages).rows
    for one, other in zip(plain, retrieved, strict=True):
        assert one["passages"] == []
        assert len(other["passages"]) == 1
        assert (
            other["parameters"]["num_prompt_tokens"] > one["parameters"]["num_prompt_tokens"] + 100
        )
    assert [row["text"] for row in plain] != [row["text"] for row in retrieved]


def test_question_without_a_match_is_asked_without_a_context(make: Make) -> None:
    passages = {key: [] for key in KEYS}
    assert make(name="none", passages=passages).read() == make(name="plain").read()


def test_passages_that_do_not_fit_are_left_out_from_the_last_and_told(make: Make) -> None:
    long = "x" * 1500
    passages = {key: make_passages(long, long, long) for key in KEYS}
    passages["open"][2]["chunk_id"] = "p3#4"  # as retrieval writes it
    made = make(passages=passages)
    for row in made.rows:
        assert [each["id"] for each in row["passages"]] == ["p1", "p2"]
        name = "p3#4" if row["prompt_key"] == "open" else "p3"
        assert (row["cut"]["passages"], row["cut"]["unfit"]) == ([name], [])
        assert row["cut"]["num_tokens"] > row["cut"]["most_tokens"] == tiny_speakers.LONGEST - 6
        assert row["parameters"]["num_prompt_tokens"] <= tiny_speakers.LONGEST - 6
    assert made.result["num_cut"] == 4
    assert "4 answers were given without some of their passages" in made.result["warnings"][0]


def test_question_that_does_not_fit_alone_is_a_gap_with_its_reason(make: Make) -> None:
    items = make_items()
    items[1] = items[1].model_copy(update={"question": "Why? " * 1000})
    made = make(items)
    assert [row["prompt_key"] for row in made.rows] == ["dish/1", "dish/2", "colour"]
    (gap,) = made.result["gaps"]
    assert gap["key"] == "open"
    assert (
        "tokens without any passage; the model takes 4,090 before an answer of 6" in (gap["reason"])
    )
    assert made.result["warnings"][0].startswith("1 questions have no answer")


def test_batch_of_nothing_but_gaps_is_passed_over(make: Make) -> None:
    items = [QuizItem(key="long", question="Why? " * 1000, answers=("so",)), *make_items()[1:2]]
    made = make(items, batch_size=1, name="both")
    assert [row["prompt_key"] for row in made.rows] == ["open"]


def test_asking_what_was_taught_is_told(make: Make, tuned: Path, tmp_path: Path) -> None:
    taught = shutil.copytree(tuned, tmp_path / "taught")
    first = make(other=tuned, betas=[0.5])
    assert first.result["learnt"] == {}
    items = quizzes.read(tmp_path / "run" / "quiz").items
    learnt.write(taught, learnt.gather(items[:1], [items[2].sha256]))
    told = make(other=taught, betas=[0.5], name="again").result
    assert told["learnt"] == {"tuned": {"num_questions": 1, "num_pictures": 1, "num_asked": 4}}
    (sentence,) = set(told["warnings"]) - set(first.result["warnings"])
    assert sentence.startswith("The regional model was taught 1 of these 4 questions, and other")


def test_answer_that_is_not_finished_is_kept_and_marked(make: Make) -> None:
    made = make(max_new_tokens=1)
    unfinished = [row for row in made.rows if not row["finished"]]
    assert unfinished
    assert all(row["num_tokens"] == 1 for row in unfinished)
    assert made.result["num_unfinished"] == len(unfinished)


def test_what_cannot_be_answered_is_refused_in_a_sentence(
    make: Make, tuned: Path, folders: Callable[[str], Path]
) -> None:
    with pytest.raises(CannotAnswer, match="A sweep needs betas"):
        make(other=tuned)
    with pytest.raises(CannotAnswer, match="Betas need a second model"):
        make(betas=(0.5,))
    with pytest.raises(CannotAnswer, match="base is of the type 'llava' and the regional model of"):
        make(other=folders("gemma3"), betas=(0.5,))
    with pytest.raises(CannotAnswer, match="says nothing of the question 'open'"):
        make(passages={key: [] for key in ("dish/1", "dish/2", "colour")})


def test_missing_picture_is_told_before_anything_is_loaded(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_quiz(tmp_path / "run" / "quiz", make_items())
    (tmp_path / "run" / "quiz" / "pictures" / "1.png").unlink()
    monkeypatch.setattr(registry, "load", lambda *_: pytest.fail("It was loaded."))
    with pytest.raises(CannotAnswer, match=r"question 'dish/2' cannot be asked\. There is no file"):
        make()


@pytest.mark.parametrize("name", ["../quiz/pictures/0.png", "pictures/../pictures/0.png"])
def test_picture_by_a_way_through_another_folder_is_refused(make: Make, name: str) -> None:
    items = make_items()[:1]
    made = make(items, name="whole")
    quiz = made.out.parent / "quiz"
    item = quizzes.read(quiz).items[0]
    quizzes.write(
        quiz, [item.model_copy(update={"picture": name})], name="Dishes", licence="CC0-1.0"
    )
    with pytest.raises(CannotAnswer, match="leads through another folder"):
        make(name="whole", max_new_tokens=2)


def test_oversized_picture_is_refused_before_it_is_decoded(make: Make, tmp_path: Path) -> None:
    quiz = write_quiz(tmp_path / "run" / "quiz", make_items()[:1])
    Image.fromarray(np.zeros((10_001, 10_001), bool)).save(quiz / "pictures" / "0.png")
    item = quizzes.read(quiz).items[0]
    digest = digests.of_file(quiz / "pictures" / "0.png")
    quizzes.write(
        quiz, [item.model_copy(update={"sha256": digest})], name="Dishes", licence="CC0-1.0"
    )
    with pytest.raises(
        UnfitQuiz, match=r"question 'dish/1' cannot be used\. The picture is 10,001"
    ):
        make()


def test_lora_of_a_pipeline_is_refused(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "lora"
    folder.mkdir()
    save_file(
        {"unet.lora_A.weight": torch.zeros(2, 2)}, folder / "pytorch_lora_weights.safetensors"
    )
    with pytest.raises(CannotAnswer, match="is a LoRA of a diffusion pipeline"):
        make(other=folder, betas=(0.5,))


def test_model_that_says_nothing_but_nan_ends_the_run(
    make: Make, llava: Path, tmp_path: Path
) -> None:
    speaker = registry.load(llava, CPU)
    speaker.model.lm_head.weight.data.fill_(3e38)
    with without_progress_bars():
        speaker.model.save_pretrained(tmp_path / "broken")
    speaker.processor.save_pretrained(tmp_path / "broken")
    with pytest.raises(CannotAnswer, match=r"answers came out as NaN\. The number format fp32"):
        make(base=tmp_path / "broken")


def test_model_whose_weights_are_nan_is_refused_before_it_says_any(
    make: Make, llava: Path, tmp_path: Path
) -> None:
    speaker = registry.load(llava, CPU)
    speaker.model.lm_head.weight.data[0] = torch.nan
    with without_progress_bars():
        speaker.model.save_pretrained(tmp_path / "broken")
    speaker.processor.save_pretrained(tmp_path / "broken")
    with pytest.raises(UnfitModel, match="holds weights that are NaN"):
        make(base=tmp_path / "broken")


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes"),
    ],
)
def test_lack_of_memory_is_named_with_what_to_change(
    make: Make, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(answerer.Answerer, "_write", fail)
    with pytest.raises(OutOfMemory, match=r"with 3 questions of up to .* tokens at once in fp32\."):
        make()
