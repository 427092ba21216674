"""Makes the pictures of the sandbox's study anew, by the sandbox's recipe: with its tuned model,
mixtures and judge, on the study's prompts alone.

Out come outputs.jsonl and prompts.jsonl as an import writes them, and the pictures, lossless. Each
row has `judged`: the share of the questions about its picture that the sandbox's judge answers with
yes, where what depends on a thing that is not there counts as no. Raters never learn it; raters who
are simulated start from it.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ml import files
from sandbox.study import arms, content, making
from sandbox.study.content import Content
from sandbox.study.making import Row
from sandbox.world import questions, scene
from sandbox.world.prompts import SEEDS, Prompt
from specs import prompts as written
from specs.prompts import PromptLine
from specs.recipe import Recipe, Step

# Of the seeds that the recipe draws: practice is on other pictures than those that are rated, and
# takes the lowest seed that an arm has.
PRACTICE_SEED, SEED, *_ = SEEDS[content.HALF]
RECIPE = "sandbox"
DRAW, SCORE = "draw-to-report", "score-to-report"
# To choose a merge, the recipe draws the other half of prompts; the study does without.
_NOT_NEEDED = frozenset({"draw-to-choose", "score-to-choose"})
_NO_ENTITY = "0"  # in the column of what a question depends on

Answers = Mapping[tuple[str, str, int], Mapping[int, bool]]


def shorten(recipe: Recipe, folder: Path) -> Recipe:
    """The sandbox's recipe as far as the study needs it; `folder` gets the prompts to draw."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "study-prompts.jsonl"
    region = content.read().region
    files.write_text(file, written.write(_make_lines(content.list_prompts(), region)))
    steps = [step for step in recipe.steps if step.name not in _NOT_NEEDED]
    return Recipe(name=recipe.name, steps=tuple(_aim(step, file.resolve()) for step in steps))


def _aim(step: Step, file: Path) -> Step:
    if step.name != DRAW:
        return step
    ours = {"prompts": str(file), "seeds": [PRACTICE_SEED, SEED]}
    # All of them on the contact sheet, where practice is chosen by eye.
    return step.model_copy(
        update={"spec": {**step.spec, **ours, "sheet_prompts": content.NUM_PROMPTS}}
    )


def write(outputs: Path, scores: Path, folder: Path) -> dict[str, Any]:
    """`outputs` and `scores`: what the steps of these names wrote. What lies at `folder` is
    replaced by what is made.
    """
    said = content.read()
    prompts = content.list_prompts()

    def make_rows(new: Path) -> Iterator[Row]:
        yield from _take(outputs, scores, prompts, said, new)
        yield from _draw(prompts, new)

    return making.write_folder(folder, _make_lines(prompts, said.region), make_rows)


def _take(
    outputs: Path, scores: Path, prompts: Sequence[Prompt], said: Content, new: Path
) -> Iterator[Row]:
    """Of every arm one picture of each prompt, and those that are practised on."""
    swept = _read_swept(outputs)
    answers = _read_answers(scores)
    practised = {(each.prompt_key, each.arm) for each in said.practice}
    for beta in arms.BETAS:
        arm = arms.name_arm(beta)
        for prompt in prompts:
            seeds = [SEED, *([PRACTICE_SEED] if (prompt.key, arm) in practised else [])]
            for seed in seeds:
                made = swept[beta, prompt.key, seed]
                answered = answers[made["variant"], prompt.key, seed]
                with Image.open(outputs / made["file"]) as picture:
                    yield {
                        **_keep(picture, prompt, arm, seed, new),
                        "judged": judge(prompt, answered),
                        "beta": beta,
                        **{name: made[name] for name in ("scheduler", "steps", "guidance")},
                    }


def _draw(prompts: Sequence[Prompt], new: Path) -> Iterator[Row]:
    """What a prompt asks for, by the world's own pen: nothing in it is wrong."""
    for number, prompt in enumerate(prompts):
        picture = scene.draw(prompt.scene, number)
        yield {**_keep(picture, prompt, arms.DRAWN, 0, new), "judged": 1.0}


def judge(prompt: Prompt, answered: Mapping[int, bool]) -> float:
    asked = questions.questions(prompt.scene)
    right = [
        answered[each.proposition_id]
        and (each.dependency == _NO_ENTITY or answered[int(each.dependency)])
        for each in asked
    ]
    return round(sum(right) / len(asked), 4)


def _read_swept(outputs: Path) -> dict[tuple[float, str, int], Row]:
    rows = making.read_rows(outputs)
    return {(row["beta"], row["prompt_key"], row["seed"]): row for row in rows}


def _read_answers(scores: Path) -> Answers:
    found: dict[tuple[str, str, int], dict[int, bool]] = {}
    with (scores / "answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["variant"], row["item_id"], int(row["seed"]))
            found.setdefault(key, {})[int(row["proposition_id"])] = row["answer"] == "yes"
    return found


def _keep(picture: Image.Image, prompt: Prompt, arm: str, seed: int, new: Path) -> Row:
    data = scene.encode(picture.convert("RGB"))
    file = f"pictures/{arm.removeprefix(arms.NAME).strip()}/{prompt.key}-{seed}.webp"
    path = new / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {
        "variant": arm,
        "prompt_key": prompt.key,
        "prompt": prompt.text,
        "seed": seed,
        "scope": prompt.scope,
        "file": file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "width": picture.width,
        "height": picture.height,
    }


def _make_lines(prompts: Sequence[Prompt], region: str) -> list[PromptLine]:
    return [_make_line(prompt, region) for prompt in prompts]


def _make_line(prompt: Prompt, region: str) -> PromptLine:
    return PromptLine(
        key=prompt.key,
        text=prompt.text,
        scope=prompt.scope,
        stratum=prompt.stratum,
        region=region,
        country=prompt.country,
        language=prompt.language,
        category=prompt.scene.concept,
    )
