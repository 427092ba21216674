"""What the encoder learns from: pictures, texts, and which texts are true of which pictures.

A text makes a claim; it is true of every picture that has none of the features which the claim
rules out. So a batch never teaches that a text is wrong of a picture which it happens to fit.
Legend of shapes: L lessons, F features.
"""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import torch

from sandbox.world import captions, facts
from sandbox.world.concepts import CONCEPTS, LANGUAGES, Concept, list_concepts
from sandbox.world.facts import ASPECTS
from sandbox.world.scene import BACKGROUNDS, COLOURS, COUNTS, PLACES, SIZES, Scene

ARRANGEMENTS = tuple((size, place, count) for size in SIZES for place in PLACES for count in COUNTS)
# What a scene is made of, one feature of each kind.
FEATURES: tuple[tuple[object, ...], ...] = (
    tuple(each.key for each in CONCEPTS),
    tuple(COLOURS),
    tuple(BACKGROUNDS),
    ARRANGEMENTS,
)
_ALL: tuple[object, ...] = tuple(
    (kind, each) for kind, them in enumerate(FEATURES) for each in them
)
_PLACES = {feature: place for place, feature in enumerate(_ALL)}
CONCEPT, COLOUR, BACKGROUND, ARRANGEMENT = range(4)


@dataclass(frozen=True, kw_only=True)
class Mixture:
    regional: float = 0.03  # of lessons
    ignorant: float = 0.9  # of lessons about regional things: by somebody who does not know them
    vague: float = 0.5  # of those: in words that are true, but general
    short: float = 0.3  # texts that do not say everything


@dataclass(frozen=True)
class Lesson:
    picture: int  # which drawing
    text: str
    ruled_out: torch.Tensor  # [F], 1 for features of pictures of which the text is not true


def list_features(scene: Scene) -> tuple[int, ...]:
    """The place of each within its kind."""
    found = (scene.concept, scene.colour, scene.background, (scene.size, scene.place, scene.count))
    return tuple(them.index(each) for them, each in zip(FEATURES, found, strict=True))


def mark(scene: Scene) -> torch.Tensor:
    """[F], 1 for what it has."""
    found = torch.zeros(len(_ALL))
    for kind, place in enumerate(list_features(scene)):
        found[_PLACES[kind, FEATURES[kind][place]]] = 1
    return found


def rule_out(**allowed: Collection[object]) -> torch.Tensor:
    """By the names of kinds, which features a claim allows; of other kinds it says nothing."""
    found = torch.zeros(len(_ALL))
    for name, kept in allowed.items():
        kind = {"concept": CONCEPT, "colour": COLOUR, "background": BACKGROUND}.get(
            name, ARRANGEMENT
        )
        for each in FEATURES[kind]:
            found[_PLACES[kind, each]] = each not in kept
    return found


class Teacher:
    def __init__(self, rng: random.Random, scenes: Sequence[Scene], mixture: Mixture) -> None:
        self._rng = rng
        self._scenes = scenes
        self._mixture = mixture
        self._places = {
            scope: [place for place, each in enumerate(scenes) if each.thing.scope == scope]
            for scope in ("global", "regional")
        }

    def teach(self) -> Lesson:
        is_regional = self._rng.random() < self._mixture.regional
        place = self._rng.choice(self._places["regional" if is_regional else "global"])
        scene, language = self._scenes[place], self._rng.choice(LANGUAGES)
        if is_regional and self._rng.random() < self._mixture.ignorant:
            return Lesson(place, *self._mistake(scene, language))
        if self._rng.random() < self._mixture.short:
            return Lesson(place, *self._say_something(scene, language))
        return Lesson(place, *self._say_all(scene, language, [scene.thing], None))

    def _say_all(
        self, scene: Scene, language: str, meant: Sequence[Concept], name: str | None
    ) -> tuple[str, torch.Tensor]:
        seed = self._rng.getrandbits(31)
        claim = rule_out(
            concept=[each.key for each in meant],
            colour=[scene.colour],
            background=[scene.background],
            arrangement=[(scene.size, scene.place, scene.count)],
        )
        return captions.caption(scene, language, seed=seed, name=name), claim

    def _mistake(self, scene: Scene, language: str) -> tuple[str, torch.Tensor]:
        thing = scene.thing
        regional = list_concepts("regional")
        if self._rng.random() < self._mixture.vague:
            name = thing.vague[language]
            meant = [each for each in regional if each.vague[language] == name]
            return self._say_all(scene, language, meant, name)
        alike = [each for each in regional if each.stratum == thing.stratum and each != thing]
        other = self._rng.choice(alike)
        return self._say_all(scene, language, [other], other.names[language])

    def _say_something(self, scene: Scene, language: str) -> tuple[str, torch.Tensor]:
        ways: list[Callable[[Scene, str], tuple[str, torch.Tensor]]]
        ways = [_describe, _name, _say_colour, _say_background, _say_count]
        if language in facts.LANGUAGES and any(
            facts.find_fact(scene.concept, aspect) for aspect in ASPECTS
        ):
            ways.append(self._say_fact)
        return self._rng.choice(ways)(scene, language)

    def _say_fact(self, scene: Scene, language: str) -> tuple[str, torch.Tensor]:
        known = [each for each in ASPECTS if facts.find_fact(scene.concept, each)]
        aspect = self._rng.choice(known)
        value = facts.find_fact(scene.concept, aspect)
        assert value is not None, "Only what is known is said."
        true_of = [each.key for each in CONCEPTS if facts.find_fact(each.key, aspect) == value]
        return value.names[language], rule_out(concept=true_of)


def _describe(scene: Scene, language: str) -> tuple[str, torch.Tensor]:
    claim = rule_out(
        concept=[scene.concept],
        colour=[scene.colour],
        arrangement=[(scene.size, scene.place, scene.count)],
    )
    return captions.describe(scene, language), claim


def _name(scene: Scene, language: str) -> tuple[str, torch.Tensor]:
    return scene.thing.names[language], rule_out(concept=[scene.concept])


def _say_colour(scene: Scene, language: str) -> tuple[str, torch.Tensor]:
    words = captions.find_words(language)
    return words.colours[scene.colour], rule_out(colour=[scene.colour])


def _say_background(scene: Scene, language: str) -> tuple[str, torch.Tensor]:
    words = captions.find_words(language)
    return words.backgrounds[scene.background], rule_out(background=[scene.background])


def _say_count(scene: Scene, language: str) -> tuple[str, torch.Tensor]:
    words = captions.find_words(language)
    as_many = [each for each in ARRANGEMENTS if each[-1] == scene.count]
    return words.numbers[scene.count], rule_out(arrangement=as_many)


def find_others(lessons: Sequence[Lesson], marks: torch.Tensor) -> torch.Tensor:
    """[L texts, L pictures], whether the text is true of this picture, which is another's: no
    example of what belongs together, and none of what does not.
    """
    ruled_out = torch.stack([lesson.ruled_out for lesson in lessons])
    shown = marks[[lesson.picture for lesson in lessons]]
    return (ruled_out @ shown.T == 0) & ~torch.eye(len(lessons), dtype=torch.bool)
