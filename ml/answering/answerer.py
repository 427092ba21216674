"""Answers one batch with a model of transformers, as it comes.

The library's own generation does everything. It is handed a greedy choice, and where answers are
drawn, the noise that decides them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from transformers import LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from ml.answering import draws, options
from ml.answering.plan import Ask, Batch
from ml.answering.preparation import Gap, Preparation, Prepared
from ml.devices import Computing
from ml.loading.speaking.speaker import Speaker, to_device
from ml.progress import OutOfMemory, Progress
from specs.kinds.answers.answers_generate import AnswersGenerate


@dataclass(frozen=True)
class Answer:
    ask: Ask
    prepared: Prepared
    text: str
    num_tokens: int  # of the answer, without its end
    is_finished: bool
    option_scores: list[float] | None


class Answerer:
    def __init__(
        self,
        speaker: Speaker,
        preparation: Preparation,
        spec: AnswersGenerate,
        computing: Computing,
    ) -> None:
        self.speaker = speaker
        self.spec = spec
        self.computing = computing
        self._preparation = preparation

    def answer(self, batch: Batch, progress: Progress) -> list[Answer | Gap]:
        """In the order of the batch."""
        # Seeds share what is said to the model.
        firsts = {ask.item.key: ask for ask in batch.asks}
        prepared = {
            key: self._preparation.prepare(ask.item, ask.passages) for key, ask in firsts.items()
        }
        fit = [
            (ask, found)
            for ask in batch.asks
            if isinstance(found := prepared[ask.item.key], Prepared)
        ]
        try:
            answers = iter(self._answer(fit, progress) if fit else [])
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            longest = max(len(found.asked) for _, found in fit)
            raise OutOfMemory(
                f"The {self.computing.device} ran out of memory with {len(fit)} questions of up to "
                f"{longest:,} tokens at once in {self.computing.dtype}. Choose a smaller batch "
                "size than that, or fewer passages."
            ) from error
        return [
            found if isinstance(found := prepared[ask.item.key], Gap) else next(answers)
            for ask in batch.asks
        ]

    def _answer(self, fit: Sequence[tuple[Ask, Prepared]], progress: Progress) -> list[Answer]:
        written = self._write(fit, progress)
        texts = self.speaker.decode(written)
        scores = self._weigh(fit)
        return [
            Answer(ask, found, text, len(ids), is_finished, scores.get(ask.item.key))
            for (ask, found), text, (ids, is_finished) in zip(
                fit, texts, [self._cut_at_end(row) for row in written], strict=True
            )
        ]

    def _write(self, fit: Sequence[tuple[Ask, Prepared]], progress: Progress) -> list[list[int]]:
        stacked = self.speaker.stack([found.asked for _, found in fit])
        batch = to_device(stacked, self.computing.device, self.computing.torch_dtype)
        with torch.inference_mode():
            written: torch.Tensor = self.speaker.model.generate(
                **batch,
                max_new_tokens=self.spec.max_new_tokens,
                do_sample=False,
                num_beams=1,
                eos_token_id=list(self.speaker.end_ids),
                pad_token_id=self.speaker.pad_id,
                suppress_tokens=list(self.speaker.unsayable_ids),
                logits_processor=self._choose([ask for ask, _ in fit]),
                stopping_criteria=StoppingCriteriaList([_Listening(progress)]),
            )
        rows: list[list[int]] = written[:, batch["input_ids"].shape[1] :].tolist()
        return rows

    def _choose(self, asks: Sequence[Ask]) -> LogitsProcessorList:
        found = LogitsProcessorList([draws.Numbers(self.computing.dtype)])
        if self.spec.temperature > 0:
            numbers = [draws.derive(ask.item, ask.seed) for ask in asks]
            found.append(
                draws.Draw(numbers, temperature=self.spec.temperature, top_p=self.spec.top_p)
            )
        return found

    def _cut_at_end(self, row: list[int]) -> tuple[list[int], bool]:
        ends = [place for place, number in enumerate(row) if number in self.speaker.end_ids]
        return (row[: ends[0]], True) if ends else (row, False)

    def _weigh(self, fit: Sequence[tuple[Ask, Prepared]]) -> dict[str, list[float]]:
        """Once per question, whatever the seeds."""
        asked = {
            ask.item.key: (found.openly, ask.item.options)
            for ask, found in fit
            if found.openly is not None
        }
        scores = options.weigh(
            self.speaker, list(asked.values()), self.computing, self.spec.batch_size
        )
        return dict(zip(asked, scores, strict=True))


class _Listening(StoppingCriteria):
    """Hears a wish to stop between two tokens."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __call__(
        self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **_: object
    ) -> torch.BoolTensor:
        del scores
        self._progress.check()
        return cast("torch.BoolTensor", input_ids.new_zeros(len(input_ids), dtype=torch.bool))


def _is_out_of_memory(error: BaseException) -> bool:
    """On a processor torch says it with a RuntimeError of its allocator."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        "can't allocate memory" in str(error)
    )
