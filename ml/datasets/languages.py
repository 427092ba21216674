"""BCP 47 tags, as people write them: 'en', 'en-US', 'EN_us'. Data keep the tag that they came with;
what asks for a language asks here which tags are of it, and what counts languages, how it is spelt.
"""

from collections.abc import Callable, Iterable, Mapping

# Subtags by their length: regions have two letters, scripts four.
_SPELT: Mapping[int, Callable[[str], str]] = {2: str.upper, 4: str.title}


def spell(tag: str) -> str:
    """The one spelling of BCP 47: 'zh-Hant', 'en-US'."""
    first, *rest = _fold(tag).split("-")
    return "-".join([first, *(_SPELT.get(len(part), str)(part) for part in rest)])


def drop_variety(tag: str) -> str:
    return _fold(tag).partition("-")[0]


def is_of(tag: str, language: str) -> bool:
    """Whether it is this language or a variety of it: 'en-US' is of 'en', but not vice versa."""
    return f"{_fold(tag)}-".startswith(f"{_fold(language)}-")


def find(tags: Iterable[str], language: str) -> str | None:
    """The one of this language: itself before its varieties, these by the alphabet."""
    return min((tag for tag in tags if is_of(tag, language)), key=_place, default=None)


def _place(tag: str) -> tuple[str, str]:
    return _fold(tag), tag


def _fold(tag: str) -> str:
    return tag.replace("_", "-").lower()
