"""Languages in which captions are drawn, as specifications name them."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _check_once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"The language '{twice[0]}' is named twice.")
    return values


Tag = Annotated[str, Field(min_length=2, max_length=12)]
Languages = Annotated[tuple[Tag, ...], AfterValidator(_check_once)]
