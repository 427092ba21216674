"""A registered method is one specification and one module that carries it out, of the same name."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Literal, get_args, get_origin

import pytest
from pydantic import ValidationError

from specs.distillation import registry as distillation
from specs.embeddings import registry as embeddings
from specs.families import registry as families
from specs.filters import registry as filters
from specs.judges import registry as judges
from specs.kinds.benchmark.benchmark_run import JudgeMethod, ScoringMode
from specs.kinds.embeddings.embeddings_score import EmbeddingMethod
from specs.kinds.model.model_merge import MethodName
from specs.merging import registry as merging
from specs.method import MethodSpec
from specs.scoring import registry as scoring

# (the registry, the package of its specifications, the package that carries them out)
REGISTRIES: Mapping[str, tuple[Mapping[str, type[MethodSpec]], str, str]] = {
    "distillation": (
        distillation.FORMULATIONS,
        "specs.distillation",
        "ml.distillation.losses",
    ),
    "embeddings": (
        embeddings.METHODS,
        "specs.embeddings",
        "ml.benchmarks.embeddings.methods",
    ),
    "families": (
        {each.model_fields["method"].default: each for each in families.list_families()},
        "specs.families",
        "ml.loading.families",
    ),
    "filters": (filters.FILTERS, "specs.filters", "ml.filtering.stages"),
    "judges": (judges.JUDGES, "specs.judges", "ml.benchmarks.judges"),
    "merging": (merging.METHODS, "specs.merging", "ml.merging.methods"),
    "scoring": (scoring.SCORINGS, "specs.scoring", "stats.scoring.modes"),
}
# Modules beside the methods themselves, by package.
OTHERS = {"registry", "origin", "encoders"}

every_registry = pytest.mark.parametrize("which", sorted(REGISTRIES))
every_method = pytest.mark.parametrize(
    "spec",
    [
        pytest.param(spec, id=f"{which}-{name}")
        for which, (methods, _, _) in sorted(REGISTRIES.items())
        for name, spec in methods.items()
    ],
)


def list_modules(package: str) -> set[str]:
    """What is public in it: a name that begins with _ is of the package itself."""
    found = pkgutil.iter_modules(importlib.import_module(package).__path__)
    return {each.name for each in found if not each.name.startswith("_")} - OTHERS


@every_registry
def test_a_method_is_one_specification_and_one_module_of_the_same_name(which: str) -> None:
    methods, specs_package, computing_package = REGISTRIES[which]
    modules = {name.replace("-", "_") for name in methods}
    assert list_modules(specs_package) == modules
    assert list_modules(computing_package) == modules


@every_registry
def test_a_registry_calls_its_methods_by_their_own_names(which: str) -> None:
    methods, specs_package, _ = REGISTRIES[which]
    for name, spec in methods.items():
        assert spec.model_fields["method"].default == name
        assert spec.__module__ == f"{specs_package}.{name.replace('-', '_')}"


@every_method
def test_a_method_has_one_name_and_says_what_it_does(spec: type[MethodSpec]) -> None:
    annotation = spec.model_fields["method"].annotation
    assert get_origin(annotation) is Literal
    assert get_args(annotation) == (spec.model_fields["method"].default,)
    assert spec.label
    assert spec.summary.endswith(".")


@every_method
def test_what_a_method_is_set_to_is_explained(spec: type[MethodSpec]) -> None:
    settings = {name: info for name, info in spec.model_fields.items() if name != "method"}
    for name, info in settings.items():
        assert info.title, name
        assert info.description, name
        assert info.description.endswith("."), name
    with pytest.raises(ValidationError, match="Extra inputs"):
        spec.model_validate({"colour": "red"})


def test_a_merge_offers_every_registered_method() -> None:
    assert set(get_args(MethodName)) == set(merging.METHODS)


def test_a_benchmark_offers_every_registered_judge_and_scoring() -> None:
    assert set(get_args(JudgeMethod)) == set(judges.JUDGES)
    assert set(get_args(ScoringMode)) == set(scoring.SCORINGS)


def test_a_benchmark_of_embeddings_offers_every_registered_method() -> None:
    assert set(get_args(EmbeddingMethod)) == set(embeddings.METHODS)
