"""A region is data: its countries, languages and strata stand in regions/, never in the code."""

import ast
from pathlib import Path

import pytest

from domain.regions import files
from domain.regions.service import OWN_FOLDER
from specs.region import Region

from .conftest import Source

PACKAGES = ("app", "workers", "domain", "ml", "specs", "stats", "pixels", "reports")
# The interface has languages of its own, fonts for their scripts, and a page that shows them.
EXEMPT = frozenset({"reports/language.py", "reports/fonts.py", "app/styleguide/pages.py"})
# Words of the data that mean something else in code.
AMBIGUOUS = {
    "id": "the name of a column",
    "ID": "the same, as CVQA writes it",
    "lo": "the lower bound of a metric",
}


def list_words(region: Region) -> set[str]:
    """What would give a region away. Two-letter codes count in the spelling of the data only."""
    words = {region.key, *region.names.values()}
    for country in region.countries:
        words |= {country.code, f".{country.domain}", *country.names.values()}
    for language in region.languages:
        words |= {language.tag, *language.aliases, *language.names.values()}
    for stratum in region.strata:
        words |= {stratum.key, *stratum.names.values()}
    return words


def find_literals(source: Source, path: Path) -> set[str]:
    """String literals outside docstrings and annotations."""
    tree = source.tree(path)
    docstrings = {
        id(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }  # fmt: skip
    return {
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in docstrings
    }  # fmt: skip


@pytest.mark.parametrize("file", sorted(OWN_FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_country_language_or_stratum_of_a_region_stands_in_the_code(
    source: Source, file: Path
) -> None:
    words = list_words(files.read(file)) - set(AMBIGUOUS)
    found = {
        (source.name(path), literal)
        for path in source.modules(*PACKAGES)
        if source.name(path) not in EXEMPT
        for literal in find_literals(source, path) & words
    }
    assert not found, f"Take these from the region's file instead: {sorted(found)}"
