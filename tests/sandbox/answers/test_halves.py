from collections import Counter

from sandbox.answers import asking, halves
from sandbox.answers.asking import Question
from sandbox.world.concepts import BY_KEY
from sandbox.world.facts import ASPECTS
from sandbox.world.prompts import HALVES
from sandbox.world.scene import Scene


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


def test_what_is_kept_is_counted_on_three_times_the_questions_and_no_fact_by_name_twice_more() -> (
    None
):
    few = halves.list_questions("report", num_more=0)
    many = halves.list_questions("report")
    assert many[: len(few)] == few  # keys and pictures of the others stay what they were
    more = many[len(few) :]
    assert {each.scene.thing.scope for each in more} == {"global"}
    assert not [each for each in more if each.topic in ASPECTS and each.reference == "named"]
    num_few = sum(each.scene.thing.scope == "global" for each in few)
    assert (num_few, num_few + len(more)) == (162, 490)


def test_another_series_asks_about_other_pictures_as_evenly() -> None:
    shipped, other = (halves.list_questions("choose", series=each) for each in (0, 1))
    assert len(other) == len(shipped)
    assert [each.topic for each in other] == [each.topic for each in shipped]
    assert [each.scene for each in other] != [each.scene for each in shipped]
    assert not {each.scene for each in other} & {
        each.scene for each in halves.list_questions("report", series=1)
    }


def test_things_come_up_evenly_and_no_place_of_the_right_option_is_favoured() -> None:
    for half in list_both():
        things = Counter(each.scene.concept for each in half if each.topic == "thing")
        assert len(things) == 25
        assert {(BY_KEY[each].scope, num) for each, num in things.items()} == {
            ("regional", halves.SCENES),
            ("global", halves.SCENES + halves.MORE),
        }
        places = Counter(each.options.index(each.right) for each in half if len(each.options) == 4)
        assert max(places.values()) < 0.35 * places.total()


def test_one_option_is_right_and_none_of_the_others_could_be() -> None:
    for question in [each for half in list_both() for each in half]:
        assert question.right == asking.find_right(question.scene, question.topic)
        assert question.options.count(question.right) == 1
        assert len(set(question.options)) == len(question.options)
        if question.scene.concept == "ketupat" and question.topic == "country":
            assert "malaysia" not in question.options


def test_a_country_where_a_thing_is_at_home_is_no_wrong_answer() -> None:
    ketupat = Scene(concept="ketupat", colour="green")
    wrong = asking.list_wrong(ketupat, "country")
    assert not {"indonesia", "malaysia"} & set(wrong)
