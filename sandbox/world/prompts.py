"""Prompts and their questions: two scopes, each in two halves.

A merge is chosen on one half of prompts and seeds and reported on the other; no prompt is in both.
Things, and for regional ones the strata, come up evenly.
"""

import csv
import io
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ml import files
from sandbox.world import captions, questions
from sandbox.world.concepts import STRATA, Concept, Scope, list_concepts
from sandbox.world.scene import Scene, list_scenes

Half = Literal["choose", "report"]
HALVES: tuple[Half, ...] = ("choose", "report")
SCOPES: tuple[Scope, ...] = ("global", "regional")

# Pictures of each prompt; other ones, and more, where it is reported.
SEEDS: Mapping[Half, tuple[int, ...]] = {"choose": (101, 102), "report": (201, 202, 203)}

# With three seeds each gives a little more than a thousand answers: a global prompt has four to
# five questions, a regional one three to five.
NUM_PROMPTS: Mapping[Scope, int] = {"global": 78, "regional": 96}

_SEED = 20260


class TooFewScenes(ValueError):
    """More prompts are asked for than there are pictures to ask for."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    key: str
    text: str
    scene: Scene
    scope: Scope
    stratum: str
    country: str
    language: str = "en"

    def to_json(self) -> dict[str, str]:
        """As a line of a prompt file."""
        return {
            "key": self.key,
            "text": self.text,
            "scope": self.scope,
            "stratum": self.stratum,
            "country": self.country,
            "language": self.language,
            "category": self.scene.concept,
        }


def list_prompts(
    scope: Scope, half: Half, *, num_prompts: int | None = None, language: str = "en"
) -> list[Prompt]:
    """The same ones every time; the halves share no scene, whatever their size."""
    scenes = _order_scenes(scope)[HALVES.index(half) :: 2]
    wanted = NUM_PROMPTS[scope] if num_prompts is None else num_prompts
    if wanted > len(scenes):
        raise TooFewScenes(
            f"There are {len(scenes)} scenes for {scope} prompts to {half}; {wanted} were asked "
            "for."
        )
    return [
        _make_prompt(scene, f"{scope}-{half}-{number:03}", number, language)
        for number, scene in enumerate(scenes[:wanted])
    ]


def list_questions(prompts: Sequence[Prompt]) -> list[questions.Row]:
    return [
        row
        for prompt in prompts
        for row in questions.questions(prompt.scene, item_id=prompt.key, text=prompt.text)
    ]


def write(
    out_dir: Path, *, halves: Sequence[Half] = HALVES, num_prompts: int | None = None
) -> list[Path]:
    """prompts-HALF.jsonl and questions-HALF.csv, both scopes in each."""
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for half in halves:
        prompts = [
            prompt
            for scope in SCOPES
            for prompt in list_prompts(scope, half, num_prompts=num_prompts)
        ]
        path = out_dir / f"prompts-{half}.jsonl"
        lines = [json.dumps(prompt.to_json(), ensure_ascii=False) for prompt in prompts]
        files.write_text(path, "\n".join(lines) + "\n")
        written += [path, out_dir / f"questions-{half}.csv"]
        _write_questions(written[-1], list_questions(prompts))
    return written


def _write_questions(path: Path, rows: list[questions.Row]) -> None:
    table = io.StringIO()
    writer = csv.DictWriter(table, questions.COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(questions.to_columns(rows))
    files.write_text(path, table.getvalue())


def _order_scenes(scope: Scope) -> list[Scene]:
    """In pairs of one thing, one for each half; thing after thing, strata in turn."""
    rng = random.Random(f"{_SEED} {scope}")  # noqa: S311 - for variety, not for secrets
    shuffled = {}
    for concept in list_concepts(scope):
        scenes = list_scenes([concept])
        rng.shuffle(scenes)
        shuffled[concept.key] = iter(scenes)
    ordered: list[Scene] = []
    for concept in _take_turns(list_concepts(scope)):
        pair = [next(shuffled[concept.key], None), next(shuffled[concept.key], None)]
        if pair[1] is None:
            return ordered  # as long as all still take turns
        ordered += [scene for scene in pair if scene is not None]
    return ordered


def _take_turns(concepts: Sequence[Concept]) -> Iterator[Concept]:
    """Stratum by stratum, in each its things one after another, without end."""
    strata = [name for name in STRATA if any(each.stratum == name for each in concepts)]
    groups = [[each for each in concepts if each.stratum == name] for name in strata]
    groups = groups or [list(concepts)]
    turn = 0
    while True:
        for group in groups:
            yield group[turn % len(group)]
        turn += 1


def _make_prompt(scene: Scene, key: str, number: int, language: str) -> Prompt:
    countries = scene.thing.countries
    return Prompt(
        key=key,
        text=captions.caption(scene, language, seed=_SEED + number),
        scene=scene,
        scope=scene.thing.scope,
        stratum=scene.thing.stratum,
        country=countries[number % len(countries)] if countries else "",
        language=language,
    )
