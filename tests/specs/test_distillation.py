"""The formulations say what they compute, wherever they are shown."""

import inspect
from pathlib import Path

import pytest

from specs.distillation._formulation import ABOUT, FormulationSpec
from specs.distillation.registry import FORMULATIONS

PAGE = Path(__file__).parents[2] / "docs" / "distillation.md"


@pytest.mark.parametrize("spec", FORMULATIONS.values(), ids=list(FORMULATIONS))
def test_formula_stands_in_the_docstring_and_on_the_page(spec: type[FormulationSpec]) -> None:
    assert f"    {spec.formula}\n" in (inspect.getdoc(spec) or "")
    page = PAGE.read_text("utf-8")
    assert f"\n    {spec.formula}\n" in page
    assert spec.label in page


def test_page_says_whose_definitions_these_are() -> None:
    assert ABOUT in PAGE.read_text("utf-8").replace("\n", " ")
