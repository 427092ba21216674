"""What the model is measured on: every kind of question, with and without what the world's own
passages say. Nothing is invented here.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Literal

from sandbox.answers import asking, passages
from sandbox.answers.asking import Question, Reference, Topic
from sandbox.answers.passages import Passage
from sandbox.llava import lessons
from sandbox.llava.lessons import Lesson
from sandbox.world.concepts import Scope
from sandbox.world.facts import LANGUAGES
from sandbox.world.scene import Scene

Context = Literal["alone", "read"]
SCOPES: tuple[Scope, ...] = ("global", "regional")
_NUM_PASSAGES = 3


def list_lessons(scenes: Sequence[Scene], seed: int) -> Iterator[tuple[str, list[Lesson]]]:
    """By the name of the kind: one question about each drawing."""
    rng = random.Random(f"exam {seed}")  # noqa: S311 - for variety, not for secrets
    known = list(passages.list_passages())
    for scope in SCOPES:
        places = [place for place, each in enumerate(scenes) if each.thing.scope == scope]
        for topic in ("thing", "colour", "count", "background"):
            yield f"{scope}, {topic}", [_ask(rng, scenes, place, topic) for place in places]
        knowing = [place for place in places if lessons.list_known(scenes[place])]
        for reference in ("named", "shown"):
            yield (
                f"{scope}, fact of what is {reference}",
                [_ask_fact(rng, scenes, place, reference, []) for place in knowing],
            )
        yield (
            f"{scope}, fact of what is named, read",
            [_ask_fact(rng, scenes, place, "named", known) for place in knowing],
        )


def _ask(rng: random.Random, scenes: Sequence[Scene], place: int, topic: Topic) -> Lesson:
    right = asking.find_right(scenes[place], topic) or ""
    question = Question(scene=scenes[place], topic=topic, right=right)
    return lessons.write(place, question, right, rng.choice(LANGUAGES), (), topic)


def _ask_fact(
    rng: random.Random,
    scenes: Sequence[Scene],
    place: int,
    reference: Reference,
    known: Sequence[Passage],
) -> Lesson:
    scene, language = scenes[place], rng.choice(LANGUAGES)
    aspect = rng.choice(lessons.list_known(scene))
    right = asking.find_right(scene, aspect) or ""
    question = Question(scene=scene, topic=aspect, reference=reference, right=right)
    of_it = [each for each in known if (each.concept, each.language) == (scene.concept, language)]
    # The one that says it, and others of the same thing: what a search for its name finds.
    of_it.sort(key=lambda each: each.aspect != aspect)
    context = [each.text for each in of_it[:_NUM_PASSAGES]]
    rng.shuffle(context)
    return lessons.write(place, question, right, language, context, aspect)
