"""The sandbox's study for tests: a sweep that nobody computed, and what is made of it.

Pictures are the world's own drawings; the judge says yes the more often, the larger beta is.
"""

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain.settings import Settings
from domain.studies.models import Study
from sandbox import assets
from sandbox.study import answers, arms, asked, bringing, content, pictures
from sandbox.world import questions, scene

_SEEDS = (pictures.PRACTICE_SEED, pictures.SEED)


def write_sweep(outputs: Path, scores: Path) -> None:
    """As the steps draw-to-report and score-to-report leave them, of the study's prompts alone."""
    rows: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for beta in arms.BETAS:
        for prompt in content.list_prompts():
            for seed in _SEEDS:
                file = f"images/{beta:g}/{prompt.key}-{seed}.png"
                (outputs / file).parent.mkdir(parents=True, exist_ok=True)
                drawn = f"{beta} {prompt.key} {seed}"
                scene.draw(prompt.scene, random.Random(drawn).randrange(10**6)).save(outputs / file)
                row = {"variant": f"merge {beta:g}", "beta": beta, "prompt_key": prompt.key}
                row |= {"seed": seed, "file": file, "scheduler": "DDIMScheduler", "steps": 20}
                rows.append(row | {"guidance": 2.0})
                answers += [
                    {
                        "variant": f"merge {beta:g}",
                        "item_id": prompt.key,
                        "proposition_id": each.proposition_id,
                        "seed": seed,
                        "answer": _answer(beta, f"{drawn} {each.proposition_id}"),
                    }
                    for each in questions.questions(prompt.scene)
                ]
    (outputs / "outputs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    scores.mkdir(parents=True, exist_ok=True)
    with (scores / "answers.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(answers[0]))
        writer.writeheader()
        writer.writerows(answers)


def write_answers(alone: Path, retrieved: Path) -> None:
    """As the steps answer-to-report and answer-retrieved leave them, of the study's questions
    alone: the base is wrong, the merge right, and retrieval changes nothing.
    """
    for folder in (alone, retrieved):
        rows = []
        (folder / "pictures").mkdir(parents=True)
        for number, each in enumerate(asked.list_asked()):
            file = f"pictures/{number:04}.webp"
            scene.draw(each.question.scene, number).save(folder / file, lossless=True)
            row = {"prompt_key": each.key, "question_file": file, "question_sha256": "0" * 64}
            row |= {"passages": [] if folder is alone else [{"text": "Rice is sown."}]}
            rows += [
                row | {"beta": beta, "text": each.accepted if beta else "nothing", "finished": True}
                for beta in arms.ASKED_BETAS
            ]
        (folder / "outputs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def _answer(beta: float, drawn: str) -> str:
    return "yes" if random.Random(drawn).random() < 0.4 + 0.6 * beta else "no"


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What could be shipped."""
    folder = tmp_path_factory.mktemp("sandbox")
    write_sweep(folder / "outputs", folder / "scores")
    pictures.write(folder / "outputs", folder / "scores", folder / "study")
    return folder / "study"


@pytest.fixture(scope="session")
def answers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of answers."""
    folder = tmp_path_factory.mktemp("sandbox-answers")
    write_answers(folder / "alone", folder / "retrieved")
    answers.write(folder / "alone", folder / "retrieved", folder / "study")
    return folder / "study"


@pytest.fixture
def answers_study(
    session: Session, settings: Settings, answers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Study:
    """Brought and open."""
    monkeypatch.setitem(assets.STUDIES, "answers", answers_folder)
    study = bringing.bring(session, settings, "answers")
    assert study is not None
    return study


@pytest.fixture
def sandbox_study(
    session: Session, settings: Settings, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Study:
    """Brought and open."""
    monkeypatch.setitem(assets.STUDIES, "pictures", study_folder)
    study = bringing.bring(session, settings)
    assert study is not None
    return study
