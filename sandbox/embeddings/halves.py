"""The pictures that captions are matched with, in two halves: a merge is chosen on one and reported
on the other. No scene is in both, and things come up evenly.
"""

import random
from collections.abc import Sequence

from sandbox.world.concepts import Concept, list_concepts
from sandbox.world.prompts import HALVES, SCOPES, Half
from sandbox.world.scene import Scene, list_scenes

SCENES = 10  # of each thing, in each half
_SEED = 20262


def list_half(half: Half, *, num_scenes: int = SCENES) -> list[Scene]:
    """The same ones every time, thing after thing."""
    return [
        scene
        for scope in SCOPES
        for concept in list_concepts(scope)
        for scene in _choose(concept, half, num_scenes)
    ]


def _choose(concept: Concept, half: Half, num: int) -> Sequence[Scene]:
    rng = random.Random(f"{_SEED} {concept.key}")  # noqa: S311 - for variety, not for secrets
    scenes = list_scenes([concept])
    rng.shuffle(scenes)
    return scenes[HALVES.index(half) :: 2][:num]
