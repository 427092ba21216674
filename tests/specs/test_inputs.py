from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from specs import registry
from specs.inputs import (
    NAMED,
    Input,
    NotMade,
    Readable,
    find_lacking,
    gather,
    list_places,
    locate,
)
from specs.job import JobSpec

MAKES: dict[Readable, str] = {"model": NAMED, "answers": "answers.csv", "dataset": ""}


def test_what_lies_at_a_fixed_place_needs_no_reference() -> None:
    assert locate("some.kind", MAKES, "answers", "") == "answers.csv"
    assert locate("some.kind", MAKES, "dataset", "") == ""


def test_one_of_several_is_named_by_the_reference() -> None:
    assert locate("some.kind", MAKES, "model", "beta-0.25") == "beta-0.25"


@pytest.mark.parametrize("reference", ["", "..", ".", "a/b", "/etc"])
def test_one_of_several_is_never_outside_the_folder(reference: str) -> None:
    with pytest.raises(NotMade, match="makes several of what is read as model: name one"):
        locate("some.kind", MAKES, "model", reference)


def test_what_a_step_does_not_make_is_refused_with_what_it_makes() -> None:
    with pytest.raises(NotMade, match=r"makes no outputs; it makes model, answers, dataset\."):
        locate("some.kind", MAKES, "outputs", "")


@pytest.mark.parametrize("spec", registry.list_specs(), ids=lambda spec: spec.kind)
def test_every_input_of_a_kind_is_a_field_that_may_stay_empty(spec: type[JobSpec]) -> None:
    for each in spec.inputs:
        field = spec.model_fields[each.name]
        if each.many:
            assert field.default == ()
        else:
            assert field.annotation is str
            assert field.default == ""


ONE = Input(name="model", what="model", required=False)
MANY = Input(name="students", what="measured", many=True)


def make_spec(model: str = "", students: Sequence[str] = ()) -> SimpleNamespace:
    return SimpleNamespace(model=model, students=tuple(students))


def test_each_of_many_has_a_place_in_the_order_of_their_numbers() -> None:
    supplied = ["students-10", "students-2", "students-1", "studentship-1", "students-01"]
    places = list_places([ONE, MANY], make_spec("clip"), supplied)
    assert [(place.name, place.reference) for place in places] == [
        ("model", "clip"), ("students-1", ""), ("students-2", ""), ("students-10", ""),
    ]  # fmt: skip


def test_named_and_supplied_ones_stand_together() -> None:
    places = list_places([MANY], make_spec(students=["a", "b"]), ["students-3", "students-2"])
    assert [(place.name, place.reference) for place in places] == [
        ("students-1", "a"), ("students-2", "b"), ("students-3", ""),
    ]  # fmt: skip


def test_a_computation_gets_a_list_of_many_and_nothing_where_nothing_is_named() -> None:
    places = list_places([ONE, MANY], make_spec(students=["a", "b"]))
    found = {"students-2": "path of b", "students-1": "path of a"}
    assert gather([ONE, MANY], places, found) == {
        "model": None,
        "students": ["path of a", "path of b"],
    }


def test_one_of_many_at_least_is_needed_where_they_are_required() -> None:
    assert find_lacking([ONE, MANY], list_places([ONE, MANY], make_spec())) == "students"
    assert find_lacking([MANY], list_places([MANY], make_spec(students=["a"]))) is None


def test_an_input_owns_its_places_and_no_others() -> None:
    assert ONE.owns("model")
    assert not ONE.owns("model-1")
    assert [MANY.owns(name) for name in ("students-1", "students", "students-0")] == [
        True, False, False,
    ]  # fmt: skip
