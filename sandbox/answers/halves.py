"""The quizzes that are asked, in two halves: a merge is chosen on one and reported on the other.

The halves share no picture, and none of what can be asked of a thing's facts: what one asks of it
by name, the other asks of what the picture shows. Things, questions and languages come up evenly;
the same question in the other language is of the same group.
"""

import random
from collections.abc import Iterator, Sequence

from sandbox.answers import asking
from sandbox.answers.asking import Question, Reference, Topic
from sandbox.answers.facts import ASPECTS
from sandbox.world.concepts import Concept, list_concepts
from sandbox.world.prompts import HALVES, SCOPES, Half
from sandbox.world.scene import Scene, list_scenes

SCENES = 4  # of each thing, in each half
_ASKED = 2  # how many scenes of a thing each of its facts is asked of
_SEED = 20261
_SEEN: tuple[Topic, ...] = ("colour", "count", "background")
_REFERENCES: tuple[Reference, ...] = ("named", "shown")


def list_questions(
    half: Half, *, num_scenes: int = SCENES, is_open: bool = False
) -> list[Question]:
    """The same ones every time, picture after picture."""
    rng = random.Random(f"{_SEED} {half}")  # noqa: S311 - for variety, not for secrets
    return [
        question
        for scope in SCOPES
        for place, concept in enumerate(list_concepts(scope))
        for question in _ask(rng, concept, place, half, num_scenes, is_open=is_open)
    ]


def list_cells(concept: Concept, place: int, half: Half) -> list[tuple[Topic, Reference]]:
    """Which facts of a thing a half asks about, and how; `place` is the thing's in its scope."""
    return [
        (aspect, reference)
        for row, aspect in enumerate(ASPECTS)
        for column, reference in enumerate(_REFERENCES)
        if (place + row + column) % 2 == HALVES.index(half)
        and asking.find_right(Scene(concept=concept.key, colour="red"), aspect) is not None
    ]


def _ask(
    rng: random.Random, concept: Concept, place: int, half: Half, num_scenes: int, *, is_open: bool
) -> Iterator[Question]:
    cells = list_cells(concept, place, half)
    for number, scene in enumerate(_choose_scenes(concept, half, num_scenes)):
        seen = _SEEN[(place + number) % len(_SEEN)]
        topics: list[tuple[Topic, Reference]] = [("thing", "named"), (seen, "named")]
        topics += [cell for row, cell in enumerate(cells) if (row + number) % SCENES < _ASKED]
        for topic, reference in topics:
            yield _make(rng, scene, topic, reference, is_open=is_open)


def _choose_scenes(concept: Concept, half: Half, num: int) -> Sequence[Scene]:
    rng = random.Random(f"{_SEED} {concept.key}")  # noqa: S311 - for variety, not for secrets
    scenes = list_scenes([concept])
    rng.shuffle(scenes)
    return scenes[HALVES.index(half) :: 2][:num]


def _make(
    rng: random.Random, scene: Scene, topic: Topic, reference: Reference, *, is_open: bool
) -> Question:
    right = asking.find_right(scene, topic)
    assert right is not None, "Only what is known is asked."
    options = asking.choose_options(rng, right, asking.list_wrong(scene, topic))
    return Question(
        scene=scene,
        topic=topic,
        reference=reference,
        right=right,
        options=() if is_open else options,
    )
