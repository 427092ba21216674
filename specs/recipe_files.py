"""Recipes as YAML files: those that the product brings, and a person's own."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from specs import yaml_text
from specs.recipe import Recipe
from specs.yaml_text import NotYaml

OWN_FOLDER = Path(__file__).resolve().parents[1] / "recipes"
MOST_BYTES = 2**20


class RecipeUnreadable(ValueError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The recipe {name} cannot be read: {reason.rstrip('.')}.")


def list_names() -> list[str]:
    """Of the product's own recipes."""
    return sorted(path.stem for path in OWN_FOLDER.glob("*.yaml"))


def find(name: str) -> Path | None:
    """The file of one of the product's own."""
    path = OWN_FOLDER / f"{name}.yaml"
    return path if name in list_names() else None


def read(path: Path) -> Recipe:
    if path.stat().st_size > MOST_BYTES:
        raise RecipeUnreadable(path.name, f"it is larger than {MOST_BYTES:,} bytes")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RecipeUnreadable(path.name, "it is not UTF-8") from error
    return parse(text, path.name)


def parse(text: str, name: str = "recipe") -> Recipe:
    try:
        values = yaml_text.read(text)
    except NotYaml as error:
        raise RecipeUnreadable(name, str(error)) from error
    if not isinstance(values, dict):
        raise RecipeUnreadable(name, "it does not hold 'name' and 'steps'")
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeUnreadable(name, f"{where}: {first['msg']}") from error


def write(recipe: Recipe) -> str:
    """As YAML to copy: what is said by default is left out."""
    values: dict[str, Any] = recipe.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
