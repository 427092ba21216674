"""What a collection of texts says of things: a short passage for each fact."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.answers import wording
from sandbox.world import facts
from sandbox.world.concepts import BY_KEY, CONCEPTS
from sandbox.world.facts import ASPECTS, LANGUAGES, Aspect, Language


@dataclass(frozen=True, kw_only=True)
class Passage:
    concept: str
    aspect: Aspect
    language: Language
    text: str


def write(
    concept: str, aspect: Aspect, value: str, language: Language, *, manner: int = 0
) -> Passage:
    """`manner`: which of the sentences that say the same."""
    sentences = wording.SENTENCES[language][aspect]
    text = sentences[manner % len(sentences)].format(
        it=facts.mention(BY_KEY[concept], language),
        value=facts.VALUES[aspect][value].names[language],
    )
    return Passage(concept=concept, aspect=aspect, language=language, text=text)


def list_passages() -> Iterator[Passage]:
    """Every fact of the world, in both languages."""
    for number, concept in enumerate(CONCEPTS):
        for aspect in ASPECTS:
            fact = facts.find_fact(concept.key, aspect)
            if fact is not None:
                for language in LANGUAGES:
                    yield write(concept.key, aspect, fact.key, language, manner=number)
