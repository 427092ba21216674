"""Draws a worldwide quiz to learn from: mostly of global things, with a few wrong answers.

Drawn again from its beginning after an interruption: it takes seconds.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ml.loading import quizzes
from ml.progress import Progress
from sandbox.answers import asking
from sandbox.answers.asking import Question, Reference, Topic
from sandbox.answers.quizzes import LICENCE, Pictures
from sandbox.answers.wording import SEEN
from sandbox.world.concepts import deal
from sandbox.world.facts import ASPECTS
from sandbox.world.scene import Scene, sample
from specs.kinds.sandbox.sandbox_ask import SandboxAsk

_FIRST_SEED = 1_000_000  # of drawings, far from those of the halves
_REFERENCES: tuple[Reference, ...] = ("named", "shown")


def draw_quiz(
    spec: SandboxAsk,
    *,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - nothing is kept: see above
    progress: Progress,
) -> dict[str, Any]:
    pictures = Pictures(out_dir, _FIRST_SEED + spec.seed * spec.num_pictures)
    items = []
    for number, questions in enumerate(_plan(spec), 1):
        progress.check()
        items += [item for question in questions for item in pictures.ask(question, "drawn")]
        progress.update(number, spec.num_pictures, unit="pictures")
    return vars(quizzes.write(out_dir, items, name=spec.name, licence=LICENCE))


def _plan(spec: SandboxAsk) -> Iterator[list[Question]]:
    """Picture by picture; regional ones as many as the specification says, and spread."""
    rng = random.Random(f"quiz {spec.seed}")  # noqa: S311 - for variety, not for secrets
    num_regional = round(spec.num_pictures * spec.regional_share)
    num_global = spec.num_pictures - num_regional
    things = [*deal("regional", num_regional), *deal("global", num_global)]
    rng.shuffle(things)
    for thing in things:
        scene = sample(rng, [thing])
        yield [_ask(rng, scene, topic, spec) for topic in _choose_topics(rng, scene, spec)]


def _choose_topics(rng: random.Random, scene: Scene, spec: SandboxAsk) -> Sequence[Topic]:
    """What it is, one thing more that is seen, and facts, as long as there are any."""
    known = [aspect for aspect in ASPECTS if asking.find_right(scene, aspect) is not None]
    seen = [topic for topic in SEEN if topic != "thing"]
    rng.shuffle(known)
    rng.shuffle(seen)
    order: list[Topic] = ["thing", *known[:2], seen[0], *known[2:], *seen[1:]]
    return order[: spec.num_questions]


def _ask(rng: random.Random, scene: Scene, topic: Topic, spec: SandboxAsk) -> Question:
    right = asking.find_right(scene, topic)
    assert right is not None, "Only what is known is asked."
    wrong = asking.list_wrong(scene, topic)
    question = Question(
        scene=scene,
        topic=topic,
        reference=rng.choice(_REFERENCES),
        right=right,
        options=asking.choose_options(rng, right, wrong),
    )
    is_wrong = scene.thing.scope == "regional" and rng.random() < spec.wrong_share
    if is_wrong:
        question = replace(question, right=rng.choice([o for o in question.options if o != right]))
    return replace(question, options=()) if rng.random() < spec.open_share else question
