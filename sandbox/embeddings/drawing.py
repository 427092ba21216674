"""Data sets of captioned pictures: one with captions in several languages is several rows with the
same bytes. Each row says whether its thing is global or regional, which benchmarks ask for.

Drawn again from its beginning after an interruption: it takes seconds.
"""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ml.datasets.items import Item
from ml.progress import Progress, Silent
from sandbox.embeddings import halves
from sandbox.pool.writing import LICENCE, DatasetWriter
from sandbox.world import captions, scene
from sandbox.world.concepts import LANGUAGES, Concept, deal
from sandbox.world.prompts import HALVES, Half
from sandbox.world.scene import SIDE, Scene
from specs.kinds.sandbox.sandbox_caption import SandboxCaption

# Of drawings: those of the halves, and far from them those to learn from.
_FIRST_SEEDS = {"choose": 50_000, "report": 60_000}
_FIRST_SEED = 2_000_000


def draw_captions(
    spec: SandboxCaption,
    *,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - nothing is kept: see above
    progress: Progress,
) -> dict[str, Any]:
    rows = _Rows(out_dir, spec.languages or LANGUAGES, "drawn", progress)
    rows.add_all(_plan(spec), _FIRST_SEED + spec.seed * spec.num_pictures)
    return rows.writer.finish(spec.name, f"sandbox world, seed {spec.seed}", {})


def write_half(folder: Path, half: Half, *, num_scenes: int = halves.SCENES) -> dict[str, Any]:
    rows = _Rows(folder, LANGUAGES, half, Silent())
    rows.add_all(halves.list_half(half, num_scenes=num_scenes), _FIRST_SEEDS[half])
    return rows.writer.finish(f"Sandbox, captions to {half}", "sandbox world", {})


def write_halves(folder: Path, *, num_scenes: int = halves.SCENES) -> list[Path]:
    """captions-HALF."""
    written = [folder / f"captions-{half}" for half in HALVES]
    for path, half in zip(written, HALVES, strict=True):
        write_half(path, half, num_scenes=num_scenes)
    return written


def _plan(spec: SandboxCaption) -> list[Scene]:
    """Regional ones as many as the specification says, and spread; none that a half asks for."""
    asked = {each for half in HALVES for each in halves.list_half(half)}
    rng = random.Random(f"captions {spec.seed}")  # noqa: S311 - for variety, not for secrets
    num_regional = round(spec.num_pictures * spec.regional_share)
    num_global = spec.num_pictures - num_regional
    things = [*deal("regional", num_regional), *deal("global", num_global)]
    rng.shuffle(things)
    return [_sample(rng, thing, asked) for thing in things]


def _sample(rng: random.Random, thing: Concept, asked: set[Scene]) -> Scene:
    """Of every thing more scenes can be drawn than both halves have."""
    while (found := scene.sample(rng, [thing])) in asked:
        pass
    return found


class _Rows:
    def __init__(
        self, folder: Path, languages: Sequence[str], prefix: str, progress: Progress
    ) -> None:
        self.writer = DatasetWriter(folder)
        self._languages = languages
        self._prefix = prefix
        self._progress = progress

    def add_all(self, scenes: Sequence[Scene], first_seed: int) -> None:
        for number, each in enumerate(scenes):
            self._progress.check()
            self._add(number, each, first_seed + number)
            self._progress.update(number + 1, len(scenes), unit="pictures")

    def _add(self, number: int, drawn: Scene, seed: int) -> None:
        picture = scene.draw(drawn, seed)
        data = scene.encode(picture)
        for place, language in enumerate(self._languages):
            item = Item(
                position=number * len(self._languages) + place,
                key=f"{self._prefix}-{number:04}-{language}",
                caption=captions.caption(drawn, language, seed=seed),
                language=language,
                licence=LICENCE,
                country=drawn.thing.countries[0] if drawn.thing.countries else "",
                url="",
                host="",
                split="train" if self._prefix == "drawn" else "test",
                width=SIDE,
                height=SIDE,
                format="WEBP",
                sha256=hashlib.sha256(data).hexdigest(),
                metadata={
                    "scope": drawn.thing.scope,
                    "category": drawn.thing.stratum,
                    "thing": drawn.concept,
                },
                picture=data,
                picture_name=f"{self._prefix}-{number:04}.webp",
            )
            self.writer.add(item, picture)
