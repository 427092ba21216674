"""The form of a kind with stages: shown as rows, read back into the specification."""

from typing import Any

import pytest
from starlette.datastructures import FormData

from app.jobs import forms, stages
from specs import fields
from specs.job import JobSpec
from specs.kinds.dataset.dataset_filter import DatasetFilter


def say(message: str, **values: object) -> str:
    return message % values if values else message


def send(spec: DatasetFilter, **changes: str) -> dict[str, str]:
    """What a browser sends of the form that shows this specification."""
    shown = forms.prepare(DatasetFilter, spec.to_json())
    sent: dict[str, str] = {}
    for field in fields.describe(DatasetFilter):
        if field.widget == "methods":
            for row in shown[field.name]:
                sent |= _send_row(row)
        else:
            sent |= _send_field(field, field.name, shown[field.name])
    return {name: text for name, text in (sent | changes).items() if text != "-"}


def _send_row(row: stages.Row) -> dict[str, str]:
    sent = {f"{row.prefix}method": row.method.name, f"{row.prefix}place": str(row.place)}
    if row.is_used:
        sent[f"{row.prefix}used"] = "true"
    for field in row.method.fields:
        sent |= _send_field(field, row.prefix + field.name, row.values.get(field.name))
    return sent


def _send_field(field: fields.Field, name: str, value: Any) -> dict[str, str]:
    value = field.default if value is None else value
    if field.widget == "checkbox":
        return {name: "true"} if value else {}
    if field.widget == "list":
        return {name: "\n".join(map(str, value or ()))}
    return {name: "" if value is None else str(value)}


SPEC = DatasetFilter.model_validate(
    {
        "name": "Filtered",
        "dataset": "Pool",
        "region": "sea",
        "stages": [
            {"method": "decode", "min_side": 40},
            {"method": "duplicates"},
            {"method": "region", "required": ["country"], "countries": ["XA", "XB"]},
        ],
    }
)


def read(sent: dict[str, str]) -> forms.Filled:
    return forms.read(DatasetFilter, FormData(sent), say)


def get_rows(spec: JobSpec) -> list[stages.Row]:
    rows: list[stages.Row] = forms.prepare(type(spec), spec.to_json())["stages"]
    return rows


def test_a_form_that_is_sent_as_it_was_shown_gives_the_same_specification() -> None:
    filled = read(send(SPEC))
    assert filled.errors == {}
    assert filled.spec == SPEC


def test_every_method_has_a_row_and_those_in_use_come_first_in_their_order() -> None:
    rows = get_rows(SPEC)
    assert [row.method.name for row in rows if row.is_used] == ["decode", "duplicates", "region"]
    assert [row.place for row in rows] == list(range(1, len(rows) + 1))
    (field,) = [each for each in fields.describe(DatasetFilter) if each.widget == "methods"]
    assert {row.method.name for row in rows} == {method.name for method in field.methods}


def test_a_fresh_form_shows_the_default_stages() -> None:
    rows = forms.prepare(DatasetFilter, {})["stages"]
    assert [row.method.name for row in rows if row.is_used] == ["decode", "duplicates"]


def test_stages_go_where_their_place_says() -> None:
    filled = read(send(SPEC, **{"stages.1.place": "9"}))
    assert isinstance(filled.spec, DatasetFilter)
    assert [stage.method for stage in filled.spec.stages] == ["decode", "region", "duplicates"]


def test_a_stage_that_is_not_ticked_is_left_out_and_keeps_what_was_typed() -> None:
    filled = read(send(SPEC, **{"stages.2.used": "-", "stages.2.countries": "XC"}))
    assert isinstance(filled.spec, DatasetFilter)
    assert [stage.method for stage in filled.spec.stages] == ["decode", "duplicates"]
    row = forms.prepare(DatasetFilter, filled.values)["stages"][2]
    assert (row.is_used, row.values["countries"]) == (False, "XC")


@pytest.mark.parametrize(
    ("changes", "control", "sentence"),
    [
        ({"stages.0.min_side": "tall"}, "stages.0.min_side", "Enter a whole number."),
        ({"stages.0.min_side": "-1"}, "stages.0.min_side", "It must be at least 1."),
        ({"stages.2.place": "1", "stages.0.place": "2", "stages.0.min_side": "x"},
         "stages.0.min_side", "Enter a whole number."),
        ({"batch_size": "0"}, "batch_size", "It must be at least 1."),
        ({"region": ""}, "", "The stage 'region' needs a region."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_control(
    changes: dict[str, str], control: str, sentence: str
) -> None:
    filled = read(send(SPEC, **changes))
    assert filled.spec is None
    assert filled.errors == {control: sentence}
