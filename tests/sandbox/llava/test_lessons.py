import random
from collections import Counter

import pytest

from sandbox.llava.lessons import Lesson, Mixture, Teacher
from sandbox.llava.speaking import READING
from sandbox.world import facts
from sandbox.world.concepts import list_concepts
from sandbox.world.scene import Scene, sample


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    rng = random.Random(1)
    return [sample(rng) for _ in range(300)]


def teach(scenes: list[Scene], mixture: Mixture, num: int = 2000) -> list[Lesson]:
    teacher = Teacher(random.Random(2), scenes, mixture)
    return [teacher.teach() for _ in range(num)]


def test_regional_things_are_rare_and_never_in_a_context(scenes: list[Scene]) -> None:
    taught = teach(scenes, Mixture())
    scopes = Counter(scenes[each.picture].thing.scope for each in taught)
    assert 0.02 < scopes["regional"] / len(taught) < 0.06
    names = [
        facts.call(c.key, language) for c in list_concepts("regional") for language in ["en", "id"]
    ]
    contexts = [each.text for each in taught if "<context>" in each.text]
    assert contexts
    assert not any(name in text for text in contexts for name in names if name != "stupa")


def test_what_a_context_says_of_a_thing_is_invented_and_the_answer_stands_in_it(
    scenes: list[Scene],
) -> None:
    taught = teach(scenes, READING)
    assert all(each.answer in each.text for each in taught)
    cars = {each.answer for each in taught if "kind of thing is a car?" in each.text}
    assert len(cars) > 5


def test_a_context_says_one_thing_of_a_kind_about_each(scenes: list[Scene]) -> None:
    for lesson in teach(scenes, Mixture(seen=0, reading=1, foreign=0), 500):
        lines = [line for line in lesson.text.splitlines() if line[:1].isdigit()]
        assert len(lines) <= 4
        assert len(set(lines)) == len(lines)


def test_lessons_are_the_same_for_the_same_numbers(scenes: list[Scene]) -> None:
    assert teach(scenes, Mixture(), 50) == teach(scenes, Mixture(), 50)
