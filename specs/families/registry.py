"""All families of vision-language models. A new one is a module here and one of the same name in
`ml.loading.families`.

They are found by their files and not listed: nothing depends on their order, and a line in each of
two registries would say no more than the names of the files do.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache

from specs import families
from specs.family import FamilySpec


class UnknownFamily(ValueError):
    def __init__(self, model_type: str) -> None:
        known = ", ".join(each.label for each in list_families())
        super().__init__(
            f"Models of the type '{model_type}' are of no known family. The families are: {known}."
        )


@cache
def list_families() -> Sequence[type[FamilySpec]]:
    """By the names of their modules."""
    found = pkgutil.iter_modules(families.__path__, f"{families.__name__}.")
    modules = [importlib.import_module(each.name) for each in found]
    return tuple(
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, FamilySpec)
        and each.__module__ == module.__name__
    )


def find_family(model_type: str) -> FamilySpec:
    """By what config.json says."""
    for family in list_families():
        if model_type in family.model_types:
            return family(method=family.model_fields["method"].default)
    raise UnknownFamily(model_type)
