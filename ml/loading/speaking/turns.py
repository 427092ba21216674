"""What a model is asked: a text, perhaps a picture, and the conversation that a chat template makes
of them.

Texts come from anywhere: a question from a file, a passage from a collection. None of the marks by
which a tokenizer tells turns, pictures and ends apart may come from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ml.datasets.problems import shown
from ml.loading.problems import UnfitQuestion

_WORD_JOINER = "\u2060"  # invisible, and of no width


@dataclass(frozen=True, kw_only=True)
class Turn:
    text: str
    picture: Image.Image | None = None
    system: str = ""


def write_conversation(turn: Turn, *, image_token: str | None = None) -> list[dict[str, Any]]:
    """In parts, as chat templates of models that see pictures take it; with `image_token` in plain
    text, for templates that know nothing else.
    """
    messages = []
    if turn.system:
        messages.append(_write_message("system", turn.system, is_plain=image_token is not None))
    if image_token is None:
        user = _write_message("user", turn.text, is_plain=False)
        if turn.picture is not None:
            user["content"].insert(0, {"type": "image"})
    else:
        mark = image_token if turn.picture is not None else ""
        user = _write_message("user", f"{mark}{turn.text}", is_plain=True)
    return [*messages, user]


def _write_message(role: str, text: str, *, is_plain: bool) -> dict[str, Any]:
    return {"role": role, "content": text if is_plain else [{"type": "text", "text": text}]}


class Guard:
    """Keeps the marks of one tokenizer out of texts."""

    def __init__(self, tokenizer: Any, marks: Iterable[str] = ()) -> None:
        """`marks` are those of a processor and a template, besides the tokenizer's own."""
        self._tokenizer = tokenizer
        added = tokenizer.added_tokens_decoder.items()
        special = {number: token for number, token in added if _is_mark(token)}
        found = {token.content.strip() for token in special.values()} | set(marks)
        # The longest first: a mark may hold another one. A single letter cannot be broken up.
        several = (mark for mark in found if len(mark) > 1)
        self._marks = sorted(several, key=lambda mark: (-len(mark), mark))
        # What stands for what is not in the vocabulary is no mark, though it is special.
        self._ids = frozenset(special) - {tokenizer.unk_token_id}

    def clean(self, text: str) -> str:
        """The same to read, with every mark broken up."""
        for mark in self._marks:
            while mark in text:
                text = text.replace(mark, f"{mark[0]}{_WORD_JOINER}{mark[1:]}")
        found = self._ids & set(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        if found:
            mark = self._tokenizer.convert_ids_to_tokens(min(found))
            raise UnfitQuestion(
                f"The text '{shown(text)}' holds the mark '{shown(mark)}', by which this model "
                "tells turns or pictures apart, in a spelling that cannot be broken up."
            )
        return text


def _is_mark(token: Any) -> bool:
    """Some tokenizers add words of a language as well; those may be said."""
    return bool(token.special) or token.content.strip()[:1] in ("<", "[")
