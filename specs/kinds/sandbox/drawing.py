"""Fields that kinds of drawing have alike."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _check_once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"The language '{twice[0]}' is named twice.")
    return values


Tag = Annotated[str, Field(min_length=2, max_length=12)]
Languages = Annotated[tuple[Tag, ...], AfterValidator(_check_once)]
RegionalShare = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        title="Regional share",
        description="Of the pictures that show something regional.",
    ),
]
Seed = Annotated[
    int,
    Field(
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="The same seed draws the same again.",
    ),
]
