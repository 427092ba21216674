from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.fields import describe
from specs.inputs import Input
from specs.job import JobSpec
from specs.method import MethodSpec


class Dry(MethodSpec):
    label: ClassVar[str] = "Dry"
    summary: ClassVar[str] = "Hang it up."
    method: Literal["dry"] = "dry"
    hours: int = Field(default=2, ge=1, title="Hours", description="How long.")


class Wash(MethodSpec):
    label: ClassVar[str] = "Wash"
    summary: ClassVar[str] = "Put it in water."
    paper: ClassVar[str | None] = "arXiv 1"
    method: Literal["wash"] = "wash"


class Cloth(JobSpec):
    kind: ClassVar[str] = "cloth.clean"
    label: ClassVar[str] = "Clean"
    summary: ClassVar[str] = "Cleans."
    inputs: ClassVar[tuple[Input, ...]] = (Input(name="cloth", what="dataset"),)
    essentials: ClassVar[tuple[str, ...]] = ("cloth", "stages")

    cloth: str = ""
    stages: tuple[Annotated[Dry | Wash, Field(discriminator="method")], ...] = ()
    only: tuple[Wash, ...] = ()
    numbers: tuple[Annotated[float, Field(ge=0)], ...] = ()
    soap: str | None = None


FIELDS = {field.name: field for field in describe(Cloth)}


def test_an_input_is_a_reference_to_what_is_read() -> None:
    assert (FIELDS["cloth"].widget, FIELDS["cloth"].reads) == ("reference", "dataset")
    assert FIELDS["soap"].reads is None


def test_stages_are_a_choice_of_methods_each_with_its_own_fields() -> None:
    dry, wash = FIELDS["stages"].methods
    assert (dry.name, dry.label, dry.paper) == ("dry", "Dry", None)
    assert [(field.name, field.default) for field in dry.fields] == [("hours", 2)]
    assert (wash.name, wash.fields, wash.paper) == ("wash", (), "arXiv 1")
    assert FIELDS["stages"].widget == "methods"


def test_a_single_method_is_a_choice_too() -> None:
    assert [method.name for method in FIELDS["only"].methods] == ["wash"]


def test_a_list_of_bounded_numbers_is_a_list_of_numbers() -> None:
    assert (FIELDS["numbers"].widget, FIELDS["numbers"].value_type) == ("list", float)
    assert FIELDS["numbers"].methods == ()


def test_what_is_not_essential_waits_behind_a_fold() -> None:
    assert [name for name, field in FIELDS.items() if field.is_essential] == ["cloth", "stages"]
    assert all(field.is_essential for field in describe(Dry))
