from sandbox.world import facts
from sandbox.world.concepts import CONCEPTS
from sandbox.world.facts import ASPECTS, LANGUAGES, VALUES


def test_every_regional_thing_has_every_fact() -> None:
    for concept in CONCEPTS:
        known = [facts.find_fact(concept.key, aspect) for aspect in ASPECTS]
        assert any(known)
        if concept.scope == "regional":
            assert all(known)


def test_values_are_told_apart_in_both_languages() -> None:
    for aspect in ASPECTS:
        for language in LANGUAGES:
            names = [value.names[language] for value in VALUES[aspect].values()]
            assert len(set(names)) == len(names)
