"""Texts that stand for something: in several wordings, whose mean vector counts."""

import re
from collections.abc import Sequence

from specs.kinds.embeddings.embeddings_score import OPTION, QUESTION

Phrase = tuple[str, ...]
_PLACE = re.compile(f"{re.escape(QUESTION)}|{re.escape(OPTION)}")


def write(templates: Sequence[str], *, option: str, question: str = "") -> Phrase:
    """In one go: what looks like a place in foreign words stays as it is."""
    words = {QUESTION: question, OPTION: option}
    return tuple(_PLACE.sub(lambda place: words[place.group()], each) for each in templates)
