"""One model per job kind is the source of forms, typed JSON, the API's schema and arguments."""

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticUndefined
from starlette.datastructures import FormData

from app.jobs import forms
from cli.jobs import options
from domain.jobs.models import Job
from specs import registry
from specs.fields import describe
from specs.job import JobSpec
from workers import kinds

# Values for what has no default, and the digest that they must always have: it is the key of the
# step cache, and what was computed under it must be found again. It changes only with a field.
EXAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "answers.ablate": (
        {},
        "1177583eeecaa6da1f772f270cff3de63d39a4d5dfd5cc92e6a7086c86c89f93",
    ),
    "answers.compare": (
        {},
        "5472609a50254bd5d62b5f96b8de42ebf5976e63be40f0e1c595dbc6608cfb24",
    ),
    "answers.generate": (
        {"base": "base", "quiz": "dishes"},
        "1906c3be4d6dc35af0a8a66881f9529ac84193781ee74300969da3e7135ef4c0",
    ),
    "answers.score": (
        {},
        "96a90629fe96e5ca47fcdb05bc6a4a5e9c10b5b9419c78d04d78785bd29fdc31",
    ),
    "benchmark.run": (
        {},
        "7a51cb87341e1244cc6d4cdbe7f27bfd1fa3c6a4513cd56e99118107b15bf6c9",
    ),
    "dataset.filter": (
        {"name": "Filtered", "region": "sea", "stages": ["decode", "region"]},
        "afa0fc5a168d566896f19f17fdf1a7722ed80fb0b9958c3b14d29659ef3e480b",
    ),
    "dataset.import": (
        {"name": "Breakfast", "source": "breakfast", "licence": "CC-BY-4.0"},
        "f4bd88a9a808869f8e980231a955775afc5d9f9088912d147b48b73e7a76235d",
    ),
    "distillation.check": (
        {},
        "a9f3238d92fa319bd960a7ff5d687f005a81b3691ce404a9e8829830439224ab",
    ),
    "distillation.measure": (
        {},
        "867547c80000a69a19f711dd3d3275c28b5e1ad2bad78761f77b0744381dc2e4",
    ),
    "distillation.prepare": (
        {},
        "a662e9b12c4bc62844784a0f1a4061c14faafb94552d845dc8af9b428e6093e3",
    ),
    "distillation.run": (
        {},
        "ba2ac181428f0263ae2995e067f1b9957475c246792b25f8b1a2b73d97cd4ed8",
    ),
    "embeddings.score": (
        {"base": "base", "dataset": "dishes"},
        "36eb2a3739bee5a5211fe4b2f9ab80f8f87f854a80303e31fb3cfe304fd32453",
    ),
    "images.generate": (
        {"base": "base", "prompts": "markets"},
        "9c6d8040e8241285a9af36bff422e5c869f9a2bc41c7acacbfe75cbfd4d34076",
    ),
    "knowledge.import": (
        {"name": "Dishes", "source": "dishes.md"},
        "0baa2dc434e008fc22c4eac9d823f5f7a0b91e2a6263e3e13836d81b29fccaf5",
    ),
    "knowledge.index": (
        {},
        "9841ce97b785595fee12cdfb7da26b7be0054a1671d9b88bee25a8cab16deea3",
    ),
    "knowledge.retrieve": (
        {},
        "12a68f40f55a98fa5d735fd5a0613aec2c7696c5fd00541b7f5244a636be0fee",
    ),
    "model.align": (
        {"base": "siglip2", "dataset": "captions"},
        "a76c2e8ac38a9e18d5805b3e3b2ff862dc2952d32a9a87137c3d469c68e1aca4",
    ),
    "model.distill": (
        {},
        "62077e92c74bdab7ebf20abdc5b377159838785a217c5ede06becedd2c4d7774",
    ),
    "model.finetune": (
        {},
        "880344ad08a18782c78099e4515feeb38cb8a06b4eca3a5c17f9be4481d6fbe7",
    ),
    "model.import": (
        {"name": "World", "source": "models/world"},
        "d3ac9a85b470c4b05aee9c0fbeae7030a562e343f3ddc71e5a1a9f2df2ab4dad",
    ),
    "model.instruct": (
        {"base": "base", "quiz": "breakfast"},
        "718483b24f75ab4e3931d879b4fa6d5d348a9817457b66f14133e512abc4df7f",
    ),
    "model.merge": (
        {},
        "63c80f71ade83bc50b5fa1f4dfbacb2993483fda5357735e44e4cd46403c76b1",
    ),
    "outputs.import": (
        {"name": "Breakfast", "source": "breakfast"},
        "1a20013e0d854044065889286e5687f1e3b61cd18e3e06c145c9718e5f4323d9",
    ),
    "prompts.augment": (
        {},
        "f29fb7497f1f29e0cfb36c0fea456c1cf7b7c62d938ee8e7c17601360c7bb355",
    ),
    "questions.embed": (
        {},
        "4b4879859ecf345b2388194d105a48c3f16f55d0df992ebc3563cd4c87e57751",
    ),
    "quiz.import": (
        {"name": "Breakfast", "source": "breakfast", "licence": "CC-BY-4.0"},
        "532a9ad311ece09e59d10a5b2c92acf585bdba540418c8794d7349e2d6d95112",
    ),
    "sandbox.ask": (
        {},
        "5b03756fc521c576c9c94219140dc7eaef13020039a035adbb7a837a0660ad98",
    ),
    "sandbox.caption": ({}, "ecf9a1f3f245b49be1c9cf5b628eebd6b620e02ef58c4cbaf53d6042976df66c"),
    "sandbox.draw": ({}, "ed7345d9a765402a4a633b33fb94806d71a1e8f4dcc60cbd95438cdabf8e8554"),
    "study.analyse": (
        {"study": "Breakfast"},
        "05ca036d9572af185b368b8f4fd55e0eb4fb3047d2738dfee764b1d9242524dd",
    ),
    "study.open": (
        {"study": "Breakfast"},
        "f66ad5584108167efc0ce372156809fce139adde08504710d240e4b09132855e",
    ),
    "system.check": ({}, "44c8f8488918e5e6ba77a7518150665d2ac0f2cd1add28b19d14f71ba8e6d081"),
}
# The usual arguments of a computation; `prepare` adds those of its kind.
USUAL = {"out_dir", "state_dir", "progress"}

every_spec = pytest.mark.parametrize(
    "spec_type", registry.list_specs(), ids=lambda spec_type: spec_type.kind
)


def make(spec_type: type[JobSpec]) -> JobSpec:
    return spec_type.model_validate(EXAMPLES[spec_type.kind][0])


def test_every_kind_has_an_example_here() -> None:
    assert set(EXAMPLES) == {spec.kind for spec in registry.list_specs()}


def test_every_kind_has_a_task_and_every_task_a_kind() -> None:
    kinds.load(())
    assert {task.spec.kind: task.spec for task in kinds.list_tasks()} == {
        spec.kind: spec for spec in registry.list_specs()
    }


@every_spec
def test_kind_is_one_that_the_database_takes(spec_type: type[JobSpec]) -> None:
    noun, dot, verb = spec_type.kind.partition(".")
    assert dot
    assert (noun + verb).replace("_", "").isalpha()
    assert any("kind ~" in str(getattr(c, "sqltext", "")) for c in Job.__table__.constraints)


@every_spec
def test_task_computes_with_a_function_that_takes_the_usual_arguments(
    spec_type: type[JobSpec],
) -> None:
    kinds.load(())
    module, _, name = kinds.find(spec_type.kind).compute.partition(":")
    # What a study found is computed from numbers that need no model.
    assert module.startswith(("ml.", "sandbox.", "domain.results.computing."))
    parameters = inspect.signature(getattr(importlib.import_module(module), name)).parameters
    assert set(parameters) >= USUAL
    by_name = [p for p in parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY]
    assert {p.name for p in by_name} >= USUAL


@every_spec
def test_spec_lives_in_a_module_named_after_its_kind(spec_type: type[JobSpec]) -> None:
    noun = spec_type.kind.partition(".")[0]
    assert spec_type.__module__ == f"specs.kinds.{noun}.{spec_type.kind.replace('.', '_')}"


@every_spec
def test_spec_is_frozen_and_takes_nothing_unknown(spec_type: type[JobSpec]) -> None:
    spec = make(spec_type)
    first = next(iter(spec_type.model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(spec, first, getattr(spec, first))
    with pytest.raises(ValidationError, match="Extra inputs"):
        spec_type.model_validate({**EXAMPLES[spec_type.kind][0], "colour": "red"})


@every_spec
def test_kind_says_what_it_does(spec_type: type[JobSpec]) -> None:
    assert spec_type.label
    assert spec_type.summary.endswith(".")


@every_spec
def test_every_field_has_a_title_and_a_description(spec_type: type[JobSpec]) -> None:
    silent = [
        name for name, info in spec_type.model_fields.items()
        if not info.title or not info.description or not info.description.endswith(".")
    ]  # fmt: skip
    assert not silent, f"Give these a title and a description that is a sentence: {silent}"


@every_spec
def test_every_number_has_a_lower_bound_and_every_text_a_form(spec_type: type[JobSpec]) -> None:
    unbounded = [
        field.name for field in describe(spec_type)
        if field.widget == "number" and field.minimum is None
    ]  # fmt: skip
    assert not unbounded, f"Say how low these may be: {unbounded}"


@every_spec
def test_defaults_are_valid_themselves(spec_type: type[JobSpec]) -> None:
    for name, info in spec_type.model_fields.items():
        if info.default is not PydanticUndefined:
            field = TypeAdapter(info.rebuild_annotation())
            assert field.validate_python(info.default) == info.default, name


@every_spec
def test_spec_survives_the_database(spec_type: type[JobSpec]) -> None:
    spec = make(spec_type)
    assert spec_type.model_validate(spec.to_json()) == spec
    assert spec_type.model_validate_json(spec.model_dump_json()).digest() == spec.digest()


@every_spec
def test_digest_of_the_same_work_is_always_the_same(spec_type: type[JobSpec]) -> None:
    assert make(spec_type).digest() == EXAMPLES[spec_type.kind][1]


@every_spec
def test_form_schema_and_model_have_the_same_fields(spec_type: type[JobSpec]) -> None:
    form = {field.name: field for field in describe(spec_type)}
    schema = spec_type.model_json_schema()
    assert list(form) == list(schema["properties"]) == list(spec_type.model_fields)
    assert {name for name, field in form.items() if field.required} == set(
        schema.get("required", [])
    )
    for name, field in form.items():
        assert field.label == schema["properties"][name]["title"]
        assert field.help == schema["properties"][name]["description"]


@every_spec
def test_command_line_has_an_option_for_each_field_with_the_same_words(
    spec_type: type[JobSpec],
) -> None:
    made = {option.name: option for option in options.make(spec_type)}
    described = describe(spec_type)
    assert [next(iter(options.collect({name: 1})), None) for name in made] == [
        field.name for field in described
    ]
    for option, field in zip(made.values(), described, strict=True):
        assert f"--{field.name.replace('_', '-')}" in option.opts
        assert field.help.rstrip(".") in (option.help or "")


def write(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """As text; a box that is not ticked is not sent."""
    return {
        f"{prefix}{name}": "\n".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in values.items()
        if value is not None and value is not False
    }


@every_spec
def test_text_of_a_form_reads_back_into_the_same_spec(spec_type: type[JobSpec]) -> None:
    """What a page writes into its fields is what a person sends back untouched."""
    spec = make(spec_type)
    shown = forms.prepare(spec_type, spec.to_json())
    sent: dict[str, str] = {}
    for field in describe(spec_type):
        if field.widget == "methods":
            for row in shown[field.name]:
                sent |= write({"method": row.method.name, "place": row.place}, row.prefix)
                sent |= {f"{row.prefix}used": "true"} if row.is_used else {}
                sent |= write(row.values, row.prefix)
        else:
            sent |= write({field.name: shown[field.name]})
    filled = forms.read(spec_type, FormData(sent), str)
    assert filled.errors == {}
    assert filled.spec == spec


@every_spec
def test_essentials_are_fields_and_hold_what_nobody_can_leave_out(
    spec_type: type[JobSpec],
) -> None:
    described = {field.name: field for field in describe(spec_type)}
    assert set(spec_type.essentials) <= set(described)
    demanded = {name for name, field in described.items() if field.required or field.is_needed}
    if spec_type.essentials:
        assert demanded <= set(spec_type.essentials)
    assert len(described) <= 12 or spec_type.essentials, "A long form says what is essential."
