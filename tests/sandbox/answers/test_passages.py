from sandbox.answers import knowledge, passages
from sandbox.world import facts
from sandbox.world.concepts import CONCEPTS
from sandbox.world.facts import ASPECTS, LANGUAGES


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
