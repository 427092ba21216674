"""Answers in words: right when they are one of the accepted answers, in the same normal form.

The whole answer counts, not a part of it. A leading article of the question's language is dropped
on both sides.
"""

from collections.abc import Sequence

from stats.answers import words
from stats.answers.normal_form import normalise
from stats.answers.reply import UNPARSABLE, Reply, read_no_answer


def read(text: str, accepted: Sequence[str], language: str) -> Reply:
    said = _reduce(text, language)
    if not said:
        return UNPARSABLE
    if said in {_reduce(answer, language) for answer in accepted}:
        return Reply("answered", is_match=True)
    if read_no_answer(text).kind == "refused":
        return read_no_answer(text)
    return Reply("answered", is_match=False)


def _reduce(text: str, language: str) -> str:
    plain = normalise(text)
    for article in map(normalise, words.list_articles(language)):
        if plain.startswith(f"{article} ") and len(plain) > len(article) + 1:
            return plain[len(article) + 1 :]
    return plain
