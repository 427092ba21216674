import pytest

from specs import registry
from specs.inputs import NAMED, NotMade, Readable, locate
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
        assert field.annotation is str
        assert field.default == ""
