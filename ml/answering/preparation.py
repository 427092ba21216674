"""What a question becomes before it is answered: tokens that fit into the model.

Where question, passages and answer are longer than the model's context, passages are left out, the
last one first. So is a passage with a mark of the model that cannot be broken up. What was left out
is told. A question that does not fit alone, or holds such a mark itself, is a gap: it gets no
answer, and is told with the reason. One text from anywhere never ends a run of many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ml.answering.passages import Passages
from ml.datasets.problems import shown
from ml.loading.problems import UnfitQuestion
from ml.loading.quizzes import Quiz
from ml.loading.speaking import questions
from ml.loading.speaking.batches import Encoded
from ml.loading.speaking.speaker import Speaker
from ml.loading.speaking.turns import Turn
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.quiz import QuizItem


@dataclass(frozen=True)
class Prepared:
    asked: Encoded
    openly: Encoded | None  # the same without its options, where options are weighed
    passages: Passages
    cut: dict[str, Any] | None


@dataclass(frozen=True)
class Gap:
    key: str
    reason: str


@dataclass(frozen=True)
class _Sifted:
    """Passages that may be said to the model, and each other one with the reason."""

    fit: Passages
    unfit: Sequence[Mapping[str, str]]


class Preparation:
    def __init__(self, speaker: Speaker, quiz: Quiz, spec: AnswersGenerate) -> None:
        """Refuses what every question would share: it is no fault of any of them."""
        speaker.check(spec.system)
        self._speaker = speaker
        self._quiz = quiz
        self._spec = spec

    def measure(self, item: QuizItem, passages: Passages) -> int:
        """Roughly, in tokens, without a picture."""
        written = questions.write(item, _read_texts(passages), self._speaker.family)
        return self._speaker.count_words(written)

    def prepare(self, item: QuizItem, passages: Passages) -> Prepared | Gap:
        try:
            return self._fit(item, self._sift(item, passages))
        except UnfitQuestion as error:
            return Gap(item.key, str(error))

    def _sift(self, item: QuizItem, passages: Passages) -> _Sifted:
        """Raises UnfitQuestion where the question alone cannot be said."""
        if self._find_fault(item, passages) is None:
            return _Sifted(passages, ())
        self._speaker.check(questions.write(item, (), self._speaker.family))
        fit: list[Mapping[str, Any]] = []
        unfit = []
        for passage in passages:
            reason = self._find_fault(item, [*fit, passage])
            if reason is None:
                fit.append(passage)
            else:
                unfit.append({"passage": _name(passage), "reason": reason})
        return _Sifted(fit, unfit)

    def _find_fault(self, item: QuizItem, passages: Passages) -> str | None:
        """Of the last passage by itself, if there it is, so that the sentence shows its words."""
        texts = _read_texts(passages)
        try:
            self._speaker.check(questions.quote(texts[-1]) if texts else "")
            self._speaker.check(questions.write(item, texts, self._speaker.family))
        except UnfitQuestion as error:
            return str(error)
        return None

    def _fit(self, item: QuizItem, sifted: _Sifted) -> Prepared | Gap:
        room = self._speaker.longest - self._spec.max_new_tokens
        picture = self._quiz.open_picture(item)
        passages = sifted.fit
        most = len(passages)
        for number in range(most, -1, -1):
            asked = self._encode(item, passages[:number], picture)
            if number == most:
                whole = len(asked)
            openly = self._encode_openly(item, passages[:number], picture)
            if len(asked) <= room and self._has_room_for_options(item, openly):
                cut = _describe_cut(passages[number:], sifted.unfit, whole, room)
                return Prepared(asked, openly, passages[:number], cut)
        return Gap(
            item.key,
            f"The question '{shown(item.key)}' has {len(asked):,} tokens without any passage; the "
            f"model takes {room:,} before an answer of {self._spec.max_new_tokens:,}.",
        )

    def _encode(self, item: QuizItem, passages: Passages, picture: Image.Image | None) -> Encoded:
        return self._speaker.encode_turn(
            Turn(
                text=questions.write(item, _read_texts(passages), self._speaker.family),
                picture=picture,
                system=self._spec.system,
            )
        )

    def _encode_openly(
        self, item: QuizItem, passages: Passages, picture: Image.Image | None
    ) -> Encoded | None:
        if not (self._spec.likelihood and item.options):
            return None
        openly = item.model_copy(update={"options": (), "answer": None})
        return self._encode(openly, passages, picture)

    def _has_room_for_options(self, item: QuizItem, openly: Encoded | None) -> bool:
        if openly is None:
            return True
        longest = max(len(self._speaker.encode_answer(option)) for option in item.options)
        return len(openly) + longest < self._speaker.longest  # the mark of its end has a place too


def _read_texts(passages: Passages) -> Sequence[str]:
    return [str(passage["text"]) for passage in passages]


def _name(passage: Mapping[str, Any]) -> str:
    """By its chunk where it is one: other chunks of the same text may have stayed."""
    return str(passage.get("chunk_id") or passage["id"])


def _describe_cut(
    left_out: Passages, unfit: Sequence[Mapping[str, str]], num_tokens: int, room: int
) -> dict[str, Any] | None:
    """`num_tokens` is what the question has with every passage that may be said."""
    if not left_out and not unfit:
        return None
    return {
        "passages": [_name(passage) for passage in left_out],
        "num_tokens": num_tokens,
        "most_tokens": room,
        "unfit": list(unfit),
    }
