"""A passage is the same, and has the same digest, whoever says it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.knowledge import reading
from ml.datasets.problems import UnfitItem
from ml.importing.knowledge.checking import Checker
from specs import knowledge
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import STATED, Fault, PassageLine, UnfitValue

NOTHING = KnowledgeImport(name="Dishes", source="dishes.md")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("text", " one\r\ntwo\rthree\x07 \n", "one\ntwo\nthree"),
        ("title", "Soto\n  ayam\t Lamongan ", "Soto ayam Lamongan"),
        ("source", "a\ud800b", "a?b"),
        ("country", " id ", "ID"),
        ("language", "", ""),
    ],
)
def test_a_field_is_tidied_by_one_rule(name: str, value: str, kept: str) -> None:
    assert knowledge.tidy(name, value) == kept


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("text", "x" * 20_001, Fault.TOO_LONG),
        ("title", "a\u200bb", Fault.NOT_ONE_LINE),
        ("country", "Indonesia", Fault.NO_COUNTRY),
        ("language", "very english", Fault.NO_LANGUAGE),
    ],
)
def test_what_a_field_cannot_be_is_said(name: str, value: str, fault: Fault) -> None:
    with pytest.raises(UnfitValue) as refused:
        knowledge.tidy(name, value)
    assert refused.value.fault == fault


@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in STATED}))
def test_what_is_typed_and_what_is_imported_is_the_same_passage(values: dict[str, str]) -> None:
    typed = imported = None
    with contextlib.suppress(Invalid):
        typed = reading.read(values)
    with contextlib.suppress(UnfitItem):
        imported = PassageLine(**Checker(spec=NOTHING).read(values))
    assert typed == imported


@given(st.sampled_from(STATED), st.text(max_size=30))
def test_what_is_tidy_stays_as_it_is(name: str, value: str) -> None:
    with contextlib.suppress(UnfitValue):
        tidy = knowledge.tidy(name, value)
        assert knowledge.tidy(name, tidy) == tidy
