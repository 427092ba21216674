from collections import Counter

from sandbox.answers import asking, halves
from sandbox.answers.asking import Question
from sandbox.answers.facts import ASPECTS
from sandbox.world.prompts import HALVES


def list_both() -> tuple[list[Question], list[Question]]:
    choose, report = (halves.list_questions(half) for half in HALVES)
    return choose, report


def test_the_halves_share_no_picture() -> None:
    choose, report = list_both()
    assert not {each.scene for each in choose} & {each.scene for each in report}


def test_what_one_half_asks_of_a_fact_by_name_the_other_asks_of_the_picture() -> None:
    cells = [
        {(e.scene.concept, e.topic, e.reference) for e in half if e.topic in ASPECTS}
        for half in list_both()
    ]
    assert not cells[0] & cells[1]
    turned = {
        (concept, topic, "shown" if reference == "named" else "named")
        for concept, topic, reference in cells[0]
    }
    assert turned == cells[1]


def test_they_are_the_same_every_time() -> None:
    assert list_both() == list_both()


def test_things_come_up_evenly_and_no_place_of_the_right_option_is_favoured() -> None:
    for half in list_both():
        things = Counter(each.scene.concept for each in half if each.topic == "thing")
        assert len(things) == 25
        assert set(things.values()) == {halves.SCENES}
        places = Counter(each.options.index(each.right) for each in half if len(each.options) == 4)
        assert max(places.values()) < 0.35 * places.total()


def test_one_option_is_right_and_none_of_the_others_could_be() -> None:
    for question in [each for half in list_both() for each in half]:
        assert question.right == asking.find_right(question.scene, question.topic)
        assert question.options.count(question.right) == 1
        assert len(set(question.options)) == len(question.options)
        if question.scene.concept == "ketupat" and question.topic == "country":
            assert "malaysia" not in question.options
