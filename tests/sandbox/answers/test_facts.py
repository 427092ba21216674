from sandbox.answers import asking, facts, knowledge, passages
from sandbox.answers.facts import ASPECTS, LANGUAGES, VALUES
from sandbox.world.concepts import CONCEPTS
from sandbox.world.scene import Scene


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


def test_each_fact_has_a_passage_in_each_language_that_says_it() -> None:
    told = list(passages.list_passages())
    num_facts = sum(
        facts.find_fact(concept.key, aspect) is not None
        for concept in CONCEPTS
        for aspect in ASPECTS
    )
    assert len(told) == len(LANGUAGES) * num_facts == len(list(knowledge.list_lines()))
    for each in told:
        fact = facts.find_fact(each.concept, each.aspect)
        assert fact is not None
        assert fact.names[each.language] in each.text
        assert facts.call(each.concept, each.language) in each.text


def test_a_country_where_a_thing_is_at_home_is_no_wrong_answer() -> None:
    ketupat = Scene(concept="ketupat", colour="green")
    wrong = asking.list_wrong(ketupat, "country")
    assert not {"indonesia", "malaysia"} & set(wrong)
