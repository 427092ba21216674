"""A sentence for a scene, in one of the world's languages."""

import random

from sandbox.world.scene import Scene
from sandbox.world.words import WORDS, Words


class UnknownLanguage(ValueError):
    def __init__(self, language: str) -> None:
        super().__init__(
            f"The world has no captions in '{language}'; it has {', '.join(sorted(WORDS))}."
        )


def caption(scene: Scene, language: str = "en", *, seed: int, name: str | None = None) -> str:
    """The seed decides between sentences that say the same.

    With `name` the thing is called something else: what somebody writes who does not know it.
    """
    words = find_words(language)
    chosen = random.Random(seed).choice(words.sentences)  # noqa: S311 - variety, not secrets
    thing = describe(scene, language, name=name)
    return chosen.format(thing=thing, background=words.backgrounds[scene.background])


def list_captions(scene: Scene, language: str = "en") -> list[str]:
    """Every sentence that says this."""
    words = find_words(language)
    thing = describe(scene, language)
    background = words.backgrounds[scene.background]
    return [each.format(thing=thing, background=background) for each in words.sentences]


def describe(scene: Scene, language: str = "en", *, name: str | None = None) -> str:
    """The thing with its attributes, without the background."""
    words = find_words(language)
    return _choose_pattern(scene, words).format(
        name=_name(scene, language, name),
        colour=words.colours[scene.colour],
        size=words.sizes[scene.size],
        place=words.places[scene.place],
        number=words.numbers[scene.count],
    )


def find_words(language: str) -> Words:
    if language not in WORDS:
        raise UnknownLanguage(language)
    return WORDS[language]


def _choose_pattern(scene: Scene, words: Words) -> str:
    if scene.count > 1:
        return words.several
    if not scene.thing.is_small_too:
        return words.plain
    return words.sized if scene.size == "large" else words.placed


def _name(scene: Scene, language: str, name: str | None) -> str:
    if language == "en" and scene.count > 1:
        return scene.thing.plural if name is None else f"{name}s"
    return scene.thing.names[language] if name is None else name
