"""A question as a model reads it: question, context, options, and what is asked for.

Passages are data from anywhere. Each stands as one quoted line between marks, and nothing in it can
close the quotation or the block, begin a line, or look like a mark of any model's turns: brackets
and quotation marks become others that read the same.
"""

from collections.abc import Sequence

from specs.family import FamilySpec
from specs.quiz import QuizItem

# Marks of turns are written with brackets (<|im_end|>, [INST]), a quotation ends with a quotation
# mark. Wide forms are folded into the plain ones by some tokenizers.
_OTHERS = str.maketrans(
    {
        "<": "\u2039", ">": "\u203a", "\uff1c": "\u2039", "\uff1e": "\u203a",
        "[": "(", "]": ")", "\uff3b": "(", "\uff3d": ")",
        '"': "'", "\u201c": "'", "\u201d": "'", "\uff02": "'",
    }
)  # fmt: skip


def write(item: QuizItem, passages: Sequence[str], family: FamilySpec) -> str:
    parts = [_fill(family.question, question=item.question.strip())]
    if passages:
        lines = [
            _fill(family.passage, number=str(number), text=quote(passage))
            for number, passage in enumerate(passages, 1)
        ]
        parts.append(_fill(family.context, passages="\n".join(lines)))
    if item.options:
        parts.append("\n".join(_write_options(item, family)))
    parts.append(family.instruction_choice if item.options else family.instruction_open)
    return "\n\n".join(parts)


def quote(text: str) -> str:
    """On one line: a line of its own could look like another turn."""
    return " ".join(text.translate(_OTHERS).split())


def _write_options(item: QuizItem, family: FamilySpec) -> list[str]:
    return [
        _fill(family.option, letter=letter, option=" ".join(option.split()))
        for letter, option in zip(item.letters, item.options, strict=True)
    ]


def _fill(wording: str, **values: str) -> str:
    """In one pass: what is put in may hold braces of its own."""
    return wording.format_map(values)
