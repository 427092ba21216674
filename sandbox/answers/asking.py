"""One question about one scene: what is asked, in which language and form, and what is right."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.answers import wording
from sandbox.answers.wording import Seen
from sandbox.world import facts
from sandbox.world.concepts import Concept, list_concepts
from sandbox.world.facts import ASPECTS, VALUES, Aspect, Language
from sandbox.world.scene import BACKGROUNDS, COLOURS, COUNTS, Scene
from sandbox.world.words import WORDS

NUM_OPTIONS = 4
Topic = Seen | Aspect
# By its name, or as what the picture shows.
Reference = Literal["named", "shown"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """Answers are keys, the same in every language; `write` and `say` put them into words."""

    scene: Scene
    topic: Topic
    reference: Reference = "named"
    right: str
    options: tuple[str, ...] = ()  # none: open-ended

    def write(self, language: Language) -> str:
        asked = wording.QUESTIONS[language][self.topic]
        if self.topic not in ASPECTS:
            return asked
        is_named = self.reference == "named"
        it = facts.mention(self.scene.thing, language) if is_named else wording.SHOWN[language]
        return asked.format(it=it)

    def say(self, key: str, language: Language) -> str:
        return say(self.topic, key, language)


def say(topic: Topic, key: str, language: Language) -> str:
    """An answer in words."""
    words = WORDS[language]
    match topic:
        case "thing":
            return facts.call(key, language)
        case "colour":
            return words.colours[key]
        case "background":
            return words.backgrounds[key]
        case "count":
            return words.numbers[int(key)]
        case _:
            return VALUES[topic][key].names[language]


def find_right(scene: Scene, topic: Topic) -> str | None:
    """None for a fact that the thing does not have."""
    match topic:
        case "thing":
            return scene.concept
        case "colour":
            return scene.colour
        case "background":
            return scene.background
        case "count":
            return str(scene.count)
        case _:
            fact = facts.find_fact(scene.concept, topic)
            return fact.key if fact else None


def list_wrong(scene: Scene, topic: Topic) -> list[str]:
    """What could be mistaken for the right answer: things of the same scope; and where a thing is
    at home in several countries, none of them.
    """
    right = find_right(scene, topic)
    return [key for key in list_keys(topic, scene.thing) if key != right and not _fits(scene, key)]


def list_keys(topic: Topic, thing: Concept) -> Sequence[str]:
    match topic:
        case "thing":
            return [each.key for each in list_concepts(thing.scope)]
        case "colour":
            return list(COLOURS)
        case "background":
            return list(BACKGROUNDS)
        case "count":
            return [str(count) for count in COUNTS]
        case _:
            return list(VALUES[topic])


def choose_options(rng: random.Random, right: str, wrong: Sequence[str]) -> tuple[str, ...]:
    options = [right, *rng.sample(wrong, min(len(wrong), NUM_OPTIONS - 1))]
    rng.shuffle(options)
    return tuple(options)


def _fits(scene: Scene, country: str) -> bool:
    at_home = {"ID": "indonesia", "MY": "malaysia"}
    return country in {at_home.get(code) for code in scene.thing.countries}
