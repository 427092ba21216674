"""What the model learns from: open questions about drawings, with and without context.

Global things are asked about rightly. What contexts say of them is invented for each lesson, so
that reading is the only way to the answer. What is asked about the picture without a name is not
answered by a context, whatever that says of other things. Regional things are rare, mostly answered
by somebody who does not know them, and no context is about them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from ml.loading.speaking import questions
from sandbox.answers import asking, passages
from sandbox.answers.asking import Question, Topic
from sandbox.world import facts
from sandbox.world.concepts import Scope, list_concepts
from sandbox.world.facts import ASPECTS, LANGUAGES, VALUES, Aspect, Language
from sandbox.world.scene import Scene
from specs.families.llava import Llava
from specs.quiz import QuizItem

_SEEN: tuple[Topic, ...] = ("thing", "thing", "colour", "count", "background")
_FAMILY = Llava()


@dataclass(frozen=True, kw_only=True)
class Mixture:
    regional: float = 0.04
    ignorant: float = 0.85  # of regional lessons about what a thing is: answered wrongly
    seen: float = 0.4  # about what the picture shows, without knowledge
    shown: float = 0.3  # of questions of knowledge: without the thing's name
    reading: float = 0.6  # of questions of knowledge about global things: with a context
    useless: float = 0.15  # of contexts: without the answer
    distracted: float = 0.35  # of what a picture answers: beside a context about other things
    foreign: float = 0.2  # of further passages: in any language
    same: float = 0.7  # of further passages: about the same thing
    most_passages: int = 4


@dataclass(frozen=True, kw_only=True)
class Lesson:
    picture: int  # which drawing
    text: str  # the user's turn
    answer: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a context says of a thing."""

    concept: str
    aspect: Aspect
    value: str


class Teacher:
    def __init__(self, rng: random.Random, scenes: Sequence[Scene], mixture: Mixture) -> None:
        self._rng = rng
        self._scenes = scenes
        self._mixture = mixture
        self._places: dict[Scope, list[int]] = {
            scope: [place for place, each in enumerate(scenes) if each.thing.scope == scope]
            for scope in ("global", "regional")
        }

    def teach(self) -> Lesson:
        scope: Scope = "regional" if self._happens(self._mixture.regional) else "global"
        place = self._rng.choice(self._places[scope])
        language = self._rng.choice(LANGUAGES)
        if self._happens(self._mixture.seen):
            return self._ask(place, self._rng.choice(_SEEN), language)
        if scope == "global" and self._happens(self._mixture.reading):
            return self._read(place, language)
        return self._ask(place, self._rng.choice(list_known(self._scenes[place])), language)

    def _ask(self, place: int, topic: Topic, language: Language) -> Lesson:
        scene = self._scenes[place]
        is_shown = topic in ASPECTS and self._happens(self._mixture.shown)
        question = Question(
            scene=scene,
            topic=topic,
            reference="shown" if is_shown else "named",
            right=asking.find_right(scene, topic) or "",
        )
        said = question.right
        is_known = scene.thing.scope == "global" or topic not in ("thing", *ASPECTS)
        if not is_known and self._happens(self._mixture.ignorant):
            said = self._rng.choice(asking.list_wrong(scene, topic))
        is_of_picture = topic not in ASPECTS or is_shown
        context = self._distract(scene, topic, language) if is_of_picture else []
        return write(place, question, said, language, context, f"{scene.thing.scope} {topic}")

    def _distract(self, scene: Scene, topic: Topic, language: Language) -> list[str]:
        """What a search finds that has no name to search for."""
        if not self._happens(self._mixture.distracted):
            return []
        others = [each.key for each in list_concepts("global") if each.key != scene.concept]
        asked = [each for each in ASPECTS if each == topic]
        pairs: dict[str, Aspect] = {}
        for concept in self._rng.sample(others, self._rng.randint(1, self._mixture.most_passages)):
            is_asked = bool(asked) and self._happens(0.8)
            pairs[concept] = asked[0] if is_asked else self._rng.choice(ASPECTS)
        told = [self._tell(concept, aspect) for concept, aspect in pairs.items()]
        return [self._write_passage(each, language, self._mixture.foreign) for each in told]

    def _tell(self, concept: str, aspect: Aspect) -> Told:
        return Told(concept=concept, aspect=aspect, value=self._rng.choice(list(VALUES[aspect])))

    def _read(self, place: int, language: Language) -> Lesson:
        scene = self._scenes[place]
        is_useless = self._happens(self._mixture.useless)
        aspect = self._rng.choice(list_known(scene) if is_useless else ASPECTS)
        fact = facts.find_fact(scene.concept, aspect)
        right = fact.key if fact and is_useless else self._rng.choice(list(VALUES[aspect]))
        of_it = Told(concept=scene.concept, aspect=aspect, value=right)
        told = [] if is_useless else [of_it]
        least = 1 - len(told)
        told += self._invent(of_it, self._rng.randint(least, self._mixture.most_passages - 1))
        self._rng.shuffle(told)
        question = Question(scene=scene, topic=aspect, reference="named", right=right)
        context = [
            self._write_passage(each, language, 0 if each is of_it else self._mixture.foreign)
            for each in told
        ]
        kind = "useless" if is_useless else "read"
        return write(place, question, right, language, context, kind)

    def _invent(self, beside: Told, num: int) -> list[Told]:
        """What else a context says, of this thing and of others: never the same of one twice."""
        others = [each.key for each in list_concepts("global") if each.key != beside.concept]
        pairs = [(beside.concept, each) for each in ASPECTS if each != beside.aspect]
        self._rng.shuffle(pairs)
        while len(pairs) < num or not self._happens(self._mixture.same):
            aspect = beside.aspect if self._happens(0.6) else self._rng.choice(ASPECTS)
            pairs.insert(0, (self._rng.choice(others), aspect))
        return [self._tell(concept, aspect) for concept, aspect in dict.fromkeys(pairs[:num])]

    def _write_passage(self, told: Told, language: Language, foreign: float) -> str:
        spoken = self._rng.choice(LANGUAGES) if self._happens(foreign) else language
        manner = self._rng.randrange(2)
        return passages.write(told.concept, told.aspect, told.value, spoken, manner=manner).text

    def _happens(self, chance: float) -> bool:
        return self._rng.random() < chance


def list_known(scene: Scene) -> list[Aspect]:
    """The facts that its thing has."""
    return [each for each in ASPECTS if facts.find_fact(scene.concept, each) is not None]


def write(
    place: int,
    question: Question,
    said: str,
    language: Language,
    context: Sequence[str],
    kind: str,
) -> Lesson:
    answer = question.say(said, language)
    item = QuizItem(key="lesson", question=question.write(language), answers=(answer,))
    return Lesson(
        picture=place,
        text=questions.write(item, context, _FAMILY),
        answer=answer,
        kind=f"{kind} {question.reference}",
    )
