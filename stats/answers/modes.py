"""What an output says about a question, by mode."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stats.answers import choice, open_ended
from stats.answers.reply import Reply


@dataclass(frozen=True, kw_only=True)
class Question:
    key: str
    options: tuple[str, ...] = ()
    answer: int | None = None  # the right option
    answers: tuple[str, ...] = ()  # what is accepted in words
    language: str = ""
    labels: tuple[str, ...] = ()  # groups that are reported apart, such as 'language:xx'


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a variant said, once."""

    key: str
    seed: int
    text: str = ""
    option_scores: Sequence[float] | None = None


class OutputUnfit(ValueError):
    """An output that the mode cannot score. The message is a sentence with the values."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    read: Callable[[Question, Output], Reply]
    needs_options: bool
    what: str  # as sentences call it


def _read_choice(question: Question, output: Output) -> Reply:
    return choice.read(output.text, question.options)


def _read_open(question: Question, output: Output) -> Reply:
    return open_ended.read(output.text, question.answers, question.language)


def _read_likelihood(question: Question, output: Output) -> Reply:
    """The option whose words are the likeliest. Of equal ones the first, which is counted."""
    scores = output.option_scores
    if scores is None:
        raise OutputUnfit(
            f"The output for '{question.key}' has no likelihoods of its options: have the model "
            "answer by likelihood, or score the letters."
        )
    if len(scores) != len(question.options):
        raise OutputUnfit(
            f"The output for '{question.key}' has {len(scores)} likelihoods for "
            f"{len(question.options)} options."
        )
    if not all(map(math.isfinite, scores)):
        raise OutputUnfit(f"A likelihood in the output for '{question.key}' is not finite.")
    best = max(scores)
    return Reply("answered", option=list(scores).index(best), is_tie=scores.count(best) > 1)


MODES: Mapping[str, Mode] = {
    "choice": Mode(read=_read_choice, needs_options=True, what="the option's letter"),
    "likelihood": Mode(read=_read_likelihood, needs_options=True, what="the likeliest option"),
    "open": Mode(read=_read_open, needs_options=False, what="accepted words"),
}


def is_right(question: Question, reply: Reply) -> bool:
    """No answer is not right, whatever else it is counted as."""
    if reply.option is not None:
        return reply.option == question.answer
    return bool(reply.is_match)
