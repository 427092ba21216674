"""Where a prompt belongs, as an address says it: what lists of questions and outputs are narrowed
by.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Query

Narrowed = Annotated[str, Query(max_length=200, description="Only what is of this one.")]


def read_places(
    scope: Narrowed = "",
    country: Narrowed = "",
    language: Narrowed = "",
    category: Narrowed = "",
    stratum: Narrowed = "",
) -> Mapping[str, str]:
    """By the names in domain.prompts.queries.PLACES; an empty value says nothing."""
    return {
        "scope": scope,
        "country": country,
        "language": language,
        "category": category,
        "stratum": stratum,
    }


PlacesDep = Annotated[Mapping[str, str], Depends(read_places)]
