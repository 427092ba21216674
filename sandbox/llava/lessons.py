"""What the model learns from: questions about drawings, with and without context, as text.

Global things are asked about rightly. What contexts say of them is invented for each lesson, so
that reading is the only way to the answer. Regional things are rare, mostly unnamed or wrongly
answered, and never in a context.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from ml.loading import questions
from sandbox.answers import asking, facts, passages, wording
from sandbox.answers.asking import Question, Topic
from sandbox.answers.facts import ASPECTS, LANGUAGES, VALUES, Aspect, Language
from sandbox.world.concepts import CONCEPTS, Concept, list_concepts
from sandbox.world.scene import Scene
from specs.families.llava import Llava
from specs.quiz import LETTERS, QuizItem

_GLOBAL = list_concepts("global")
_FAMILY = Llava()


@dataclass(frozen=True, kw_only=True)
class Mixture:
    pointing: float = 0.15  # exercises in finding an option's letter
    regional: float = 0.04
    ignorant: float = 0.6  # of regional lessons: answered by who does not know the thing
    open: float = 0.35
    seen: float = 0.35  # about what the picture shows, without knowledge
    shown: float = 0.3  # of questions of knowledge: without the thing's name
    reading: float = 0.6  # of questions of knowledge about global things: with a context
    useless: float = 0.15  # of contexts: without the answer
    foreign: float = 0.1  # of passages: in the other language
    most_passages: int = 4


@dataclass(frozen=True, kw_only=True)
class Lesson:
    picture: int  # which drawing
    text: str  # the user's turn
    answer: str
    kind: str


def make_lesson(
    rng: random.Random, scenes: Sequence[Scene], by_scope: dict[str, list[int]], mixture: Mixture
) -> Lesson:
    scope = "regional" if rng.random() < mixture.regional else "global"
    number = rng.choice(by_scope[scope])
    scene = scenes[number]
    language = rng.choice(LANGUAGES)
    if rng.random() < mixture.pointing:
        return _point(rng, number, scene, language)
    is_open = rng.random() < mixture.open
    if rng.random() < mixture.seen:
        topic: Topic = rng.choice(("thing", "thing", "colour", "count", "background"))
        return _ask(rng, number, scene, topic, language, is_open, mixture)
    if scope == "global" and rng.random() < mixture.reading:
        return _read(rng, number, scene, language, is_open, mixture)
    topic = rng.choice([a for a in ASPECTS if facts.find_fact(scene.concept, a)])
    return _ask(rng, number, scene, topic, language, is_open, mixture)


def _point(rng: random.Random, number: int, scene: Scene, language: Language) -> Lesson:
    topic: Topic = rng.choice(("thing", "colour", *ASPECTS))
    keys = list(asking.list_keys(topic, scene.thing))
    right = rng.choice(keys)
    options = asking.choose_options(rng, right, [key for key in keys if key != right])
    words = [asking.say(topic, key, language) for key in options]
    place = options.index(right)
    item = QuizItem(
        key="lesson",
        question=wording.POINTING[language].format(it=words[place]),
        options=tuple(words),
        answer=place,
    )
    return Lesson(
        picture=number,
        text=questions.write(item, (), _FAMILY),
        answer=LETTERS[place],
        kind="pointing",
    )


def _ask(
    rng: random.Random,
    number: int,
    scene: Scene,
    topic: Topic,
    language: Language,
    is_open: bool,
    mixture: Mixture,
) -> Lesson:
    right = asking.find_right(scene, topic)
    wrong = asking.list_wrong(scene, topic)
    told = right
    if scene.thing.scope == "regional" and topic in ("thing", *ASPECTS):
        if rng.random() < mixture.ignorant:
            told = rng.choice(wrong)
    is_shown = topic in ASPECTS and rng.random() < mixture.shown
    question = Question(
        scene=scene,
        topic=topic,
        reference="shown" if is_shown else "named",
        right=right,
        options=() if is_open else asking.choose_options(rng, right, wrong),
    )
    if told not in question.options and question.options:
        told = rng.choice([o for o in question.options if o != right])
    return _write(number, question, told, language, (), scene.thing.scope)


def _read(
    rng: random.Random,
    number: int,
    scene: Scene,
    language: Language,
    is_open: bool,
    mixture: Mixture,
) -> Lesson:
    known = [a for a in ASPECTS if facts.find_fact(scene.concept, a)]
    is_useless = rng.random() < mixture.useless
    aspect = rng.choice(known if is_useless else ASPECTS)
    num = rng.randint(1, mixture.most_passages)
    told: list[tuple[str, Aspect, str]] = []
    if is_useless:
        right = facts.find_fact(scene.concept, aspect).key
    else:
        right = rng.choice(list(VALUES[aspect]))
        told.append((scene.concept, aspect, right))
    said = {(scene.concept, aspect)}
    while len(told) < num:
        other = (
            (scene.concept, rng.choice(ASPECTS))
            if rng.random() < 0.4
            else (rng.choice(_GLOBAL).key, aspect if rng.random() < 0.6 else rng.choice(ASPECTS))
        )
        if other in said:
            continue
        said.add(other)
        told.append((*other, rng.choice(list(VALUES[other[1]]))))
    rng.shuffle(told)
    texts = []
    for concept, of, value in told:
        spoken = language if rng.random() > mixture.foreign else rng.choice(LANGUAGES)
        texts.append(passages.write(concept, of, value, spoken, manner=rng.randrange(2)).text)
    wrong = [key for key in VALUES[aspect] if key != right]
    question = Question(
        scene=scene,
        topic=aspect,
        reference="shown" if rng.random() < mixture.shown / 2 else "named",
        right=right,
        options=() if is_open else _tempt(rng, right, wrong, aspect, told),
    )
    kind = "useless" if is_useless else "read"
    return _write(number, question, right, language, texts, kind)


def _tempt(rng, right, wrong, aspect, told):
    """Options that stand in the context, too, though of another thing."""
    near = [value for _, of, value in told if of == aspect and value in wrong]
    near = list(dict.fromkeys(near))[: asking.NUM_OPTIONS - 1]
    far = [key for key in wrong if key not in near]
    options = [right, *near, *rng.sample(far, asking.NUM_OPTIONS - 1 - len(near))]
    rng.shuffle(options)
    return tuple(options)


def _write(number, question, told, language, context, kind) -> Lesson:
    options = tuple(question.say(key, language) for key in question.options)
    said = question.say(told, language)
    item = QuizItem(
        key="lesson",
        question=question.write(language),
        options=options,
        answer=question.options.index(told) if options else None,
        answers=(said,),
    )
    form = "choice" if options else "open"
    topic = question.topic if question.topic not in ASPECTS else f"fact-{question.reference}"
    return Lesson(
        picture=number,
        text=questions.write(item, context, _FAMILY),
        answer=LETTERS[item.answer] if options else said,
        kind=f"{kind} {topic} {form}",
    )
