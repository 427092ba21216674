"""A vision-language model that is ready to be asked: weights, processor and family.

Knows no quiz, no benchmark and no training: it turns what is said into tensors and back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from transformers import BatchFeature

from ml.loading.problems import UnfitModel
from ml.loading.speaking import batches
from ml.loading.speaking.batches import IGNORED, Encoded, Lesson
from ml.loading.speaking.turns import Guard, Turn, write_conversation
from specs.family import FamilySpec

_PROBE = "ggez-probe"


@dataclass(frozen=True, kw_only=True)
class Speaker:
    family: FamilySpec
    processor: Any
    config: Any
    folder: Path
    digest: str
    model: Any = None  # none where only texts are prepared

    @property
    def tokenizer(self) -> Any:
        return self.processor.tokenizer

    @property
    def longest(self) -> int:
        """Tokens of a conversation, its answer included."""
        text = self.config.get_text_config()
        return int(text.max_position_embeddings)

    @cached_property
    def pad_id(self) -> int:
        """Masked wherever it stands, so any token will do."""
        found = self.tokenizer.pad_token_id
        return int(found if found is not None else self.end_ids[0])

    @cached_property
    def end_ids(self) -> tuple[int, ...]:
        """Tokens after which nothing of an answer follows; the one of the template first."""
        found = [self._end_mark_ids[0]] if len(self._end_mark_ids) == 1 else []
        if self.model is not None:
            own = self.model.generation_config.eos_token_id
            found += own if isinstance(own, list) else [own]
        found.append(self.tokenizer.eos_token_id)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @cached_property
    def unsayable_ids(self) -> tuple[int, ...]:
        """Tokens that stand for pictures, films and sounds. Some classes break off where a model
        says one in its answer and nothing is there to put in its place.
        """
        processor = self.processor
        groups = (processor.image_token_ids, processor.video_token_ids, processor.audio_token_ids)
        found = [each for group in groups for each in group]
        found.append(getattr(self.tokenizer, "image_token_id", None))
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def encode(self, turns: Sequence[Turn]) -> BatchFeature:
        """Filled up on the left, ready to be answered."""
        return self.stack([self.encode_turn(turn) for turn in turns])

    def stack(self, batch: Sequence[Encoded]) -> BatchFeature:
        return BatchFeature(batches.stack(batch, side="left", pad_id=self.pad_id))

    def encode_turn(self, turn: Turn) -> Encoded:
        text = self.write(turn)
        bos = self.tokenizer.bos_token
        made = self.processor(
            text=[text],
            images=None if turn.picture is None else [turn.picture],
            # Templates that write the beginning themselves would get it twice.
            add_special_tokens=not (bos and text.startswith(bos)),
            return_tensors="pt",
        )
        return batches.split(made)

    def encode_lesson(self, turn: Turn, answer: str) -> Lesson:
        return self.teach(self.encode_turn(turn), answer)

    def teach(self, asked: Encoded, answer: str) -> Lesson:
        """The answer's tokens are its own, as if the model had said them one by one."""
        said = [*self.encode_answer(answer), *self._end_mark_ids]
        added = torch.tensor(said, dtype=torch.long)
        sequences = dict(asked.sequences)
        question = sequences.pop("input_ids")
        return Lesson(
            input_ids=torch.cat([question, added]),
            labels=torch.cat([torch.full_like(question, IGNORED), added]),
            others={
                name: torch.cat([kinds, kinds.new_zeros(len(said))])
                for name, kinds in sequences.items()
            },
            pictures=asked.pictures,
        )

    def encode_answer(self, answer: str) -> list[int]:
        clean = self._guard.clean(answer.strip())
        found: list[int] = self.tokenizer(clean, add_special_tokens=False)["input_ids"]
        return found

    def collate(self, lessons: Sequence[Lesson]) -> dict[str, torch.Tensor]:
        """Filled up on the right, ready to be learnt from."""
        return batches.stack(lessons, side="right", pad_id=self.pad_id)

    def decode(self, ids: torch.Tensor | Sequence[Sequence[int]]) -> list[str]:
        texts = self.tokenizer.batch_decode(ids, skip_special_tokens=True)
        return [text.strip() for text in texts]

    def check(self, text: str) -> None:
        """Raises UnfitQuestion for what cannot be said to this model in any way."""
        self._guard.clean(text)

    def count_tokens(self, turn: Turn) -> int:
        return len(self.encode_turn(turn))

    def count_words(self, text: str) -> int:
        """Tokens of a text alone: a quick look, without a picture."""
        return len(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, turn: Turn) -> str:
        """What the tokenizer gets, before pictures take their places."""
        clean = replace(
            turn, text=self._guard.clean(turn.text), system=self._guard.clean(turn.system)
        )
        return self._render(
            write_conversation(clean, image_token=self._plain_mark), add_generation_prompt=True
        )

    def _render(self, messages: list[dict[str, Any]], **options: Any) -> str:
        template = self.processor.chat_template or self.tokenizer.chat_template
        found: str = self.processor.apply_chat_template(
            messages, chat_template=template, tokenize=False, **options
        )
        return found

    @cached_property
    def _guard(self) -> Guard:
        names = ("image_token", "video_token", "audio_token", "boi_token", "eoi_token")
        marks = [getattr(self.processor, name, None) for name in names]
        return Guard(self.tokenizer, filter(None, [*marks, *self._turn_words]))

    @cached_property
    def _turn_words(self) -> list[str]:
        """What the template writes closest to a question and to its answer. For LLaVA 1.5 these are
        no marks of its tokenizer but words, USER: and ASSISTANT:, that anybody can write. A word of
        letters alone belongs to people.
        """
        question = write_conversation(Turn(text=_PROBE), image_token=self._plain_mark)
        written = self._render(question, add_generation_prompt=True)
        closest = [word for part in written.split(_PROBE) for word in part.split()[-1:]]
        return [word for word in closest if not word.isalnum()]

    @cached_property
    def _plain_mark(self) -> str | None:
        """The picture's mark, for a template that takes plain text and no parts."""
        parts = [{"role": "user", "content": [{"type": "text", "text": _PROBE}]}]
        try:
            written = self._render(parts)
        except TypeError:  # it joins the content, which is a list, to a text
            written = ""
        if _PROBE in written and "'text'" not in written:
            return None
        return str(self.processor.image_token)

    @cached_property
    def _end_mark_ids(self) -> list[int]:
        """What the template writes behind an answer; else the end of a text."""
        content: Any = [{"type": "text", "text": _PROBE}] if self._plain_mark is None else _PROBE
        question = write_conversation(Turn(text="?"), image_token=self._plain_mark)
        written = self._render([*question, {"role": "assistant", "content": content}])
        mark = written.rpartition(_PROBE)[2].strip()
        ids: list[int] = self.tokenizer(mark, add_special_tokens=False)["input_ids"]
        known = self.tokenizer.all_special_ids
        if ids and (ids[0] in known or mark in self.tokenizer.added_tokens_encoder):
            return ids[:1]
        if self.tokenizer.eos_token_id is None:
            raise UnfitModel(f"'{self.folder.name}' does not say how an answer ends.")
        return [self.tokenizer.eos_token_id]


def to_device(
    batch: Mapping[str, torch.Tensor], device: torch.device | str, dtype: torch.dtype
) -> dict[str, torch.Tensor]:
    """Pictures in the number format of the weights; tokens as they are."""
    return {
        name: tensor.to(device, dtype if tensor.is_floating_point() else tensor.dtype)
        for name, tensor in batch.items()
    }
