"""The quizzes that are asked, in two halves: a merge is chosen on one and reported on the other.

The halves share no picture, and none of what can be asked of a thing's facts: what one asks of it
by name, the other asks of what the picture shows. Things, questions and languages come up evenly;
the same question in the other language is of the same group.

Little of what is global is lost, and little is hard to count: global things are asked about in more
pictures. Those come last; no fact by name is asked again beside them, as another picture does not
make it another question.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from sandbox.answers import asking
from sandbox.answers.asking import Question, Reference, Topic
from sandbox.world.concepts import Concept, Scope, list_concepts
from sandbox.world.facts import ASPECTS
from sandbox.world.prompts import HALVES, SCOPES, Half
from sandbox.world.scene import Scene, list_scenes

SCENES = 4  # of each thing, in each half
MORE = 8  # of each global thing, beyond those
_ASKED = 2  # how many scenes of a thing each of its facts is asked of
_SEED = 20261
SHIPPED = 0  # the series that comes along
_SEEN: tuple[Topic, ...] = ("colour", "count", "background")
_REFERENCES: tuple[Reference, ...] = ("named", "shown")
Cell = tuple[Topic, Reference]
# Of a thing's cells, those that are asked of the picture of this number.
Choose = Callable[[Sequence[Cell], int], Sequence[Cell]]


def list_questions(
    half: Half, *, num_scenes: int = SCENES, num_more: int = MORE, series: int = SHIPPED
) -> list[Question]:
    """The same ones every time, picture after picture; another series has other pictures."""
    rng = random.Random(f"{_SEED + series} {half}")  # noqa: S311 - for variety, not for secrets
    first, more = range(num_scenes), range(num_scenes, num_scenes + num_more)
    asked = [
        *_list_asked(half, SCOPES, first, series, _choose_topics),
        *_list_asked(half, ["global"], more, series, _choose_shown),
    ]
    return [_make(rng, scene, topic, reference) for scene, topic, reference in asked]


def list_cells(concept: Concept, place: int, half: Half) -> list[Cell]:
    """Which facts of a thing a half asks about, and how; `place` is the thing's in its scope."""
    return [
        (aspect, reference)
        for row, aspect in enumerate(ASPECTS)
        for column, reference in enumerate(_REFERENCES)
        if (place + row + column) % 2 == HALVES.index(half)
        and asking.find_right(Scene(concept=concept.key, colour="red"), aspect) is not None
    ]


def _list_asked(
    half: Half, scopes: Sequence[Scope], numbers: range, series: int, choose: Choose
) -> Iterator[tuple[Scene, Topic, Reference]]:
    """`numbers`: which of the half's pictures of each thing."""
    for scope in scopes:
        for place, concept in enumerate(list_concepts(scope)):
            cells = list_cells(concept, place, half)
            scenes = _list_scenes(concept, half, series)
            for number in numbers:
                seen = _SEEN[(place + number) % len(_SEEN)]
                topics: Sequence[Cell] = [("thing", "named"), (seen, "named")]
                for topic, reference in [*topics, *choose(cells, number)]:
                    yield scenes[number], topic, reference


def _choose_topics(cells: Sequence[Cell], number: int) -> Sequence[Cell]:
    return [cell for row, cell in enumerate(cells) if (row + number) % SCENES < _ASKED]


def _choose_shown(cells: Sequence[Cell], number: int) -> Sequence[Cell]:  # noqa: ARG001 - all
    return [(topic, reference) for topic, reference in cells if reference == "shown"]


def _list_scenes(concept: Concept, half: Half, series: int) -> Sequence[Scene]:
    """Those of the half, in the order in which they are taken."""
    rng = random.Random(f"{_SEED + series} {concept.key}")  # noqa: S311 - for variety
    scenes = list_scenes([concept])
    rng.shuffle(scenes)
    return scenes[HALVES.index(half) :: 2]


def _make(rng: random.Random, scene: Scene, topic: Topic, reference: Reference) -> Question:
    right = asking.find_right(scene, topic)
    assert right is not None, "Only what is known is asked."
    options = asking.choose_options(rng, right, asking.list_wrong(scene, topic))
    return Question(scene=scene, topic=topic, reference=reference, right=right, options=options)
