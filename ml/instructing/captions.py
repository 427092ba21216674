"""Pictures and captions of a data set as they are learnt: copied once to where any of them can be
read at once, in any order. A copy that was stopped goes on.

Arrays: `pictures` and `texts` hold bytes one after another, `places` says of each item where its
picture and its caption begin, how long they are, and how many tokens the whole has.
"""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ml.datasets import contents, pictures
from ml.datasets.pictures import LIMITS
from ml.datasets.problems import UnfitItem, shown
from ml.instructing import lessons
from ml.instructing.lessons import Plan
from ml.loading.speaking.batches import Lesson
from ml.loading.speaking.speaker import Speaker
from ml.loading.speaking.turns import Turn
from ml.progress import Progress, word
from ml.training.data import store
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_instruct import ModelInstruct

_SAVE_EVERY = 64


class CaptionLessons:
    def __init__(self, spec: ModelInstruct, speaker: Speaker, folder: Path) -> None:
        self._spec, self._speaker = spec, speaker
        self._arrays = store.open_arrays(folder)
        self.num_items = len(self._arrays["places"])

    def plan(self, number: int, epoch: int) -> Plan:  # noqa: ARG002 - the same in all epochs
        _, _, start, size, length = self._arrays["places"][number].tolist()
        caption = bytes(self._arrays["texts"][start : start + size]).decode()
        learnt = lessons.count_learnt(self._speaker, caption)
        return Plan(number=number, answer=caption, num_learnt=learnt, length=length)

    def encode(self, plan: Plan) -> Lesson:
        start, size = self._arrays["places"][plan.number, :2].tolist()
        picture = _open(bytes(self._arrays["pictures"][start : start + size]), str(plan.number))
        return _encode(self._spec, self._speaker, picture, plan.answer)


def build(
    spec: ModelInstruct, speaker: Speaker, dataset: Path, folder: Path, progress: Progress
) -> dict[str, Any]:
    """Returns how many there are, and how many were left out and why."""
    contents.check_columns(dataset, ["key", spec.caption_column, contents.PICTURE_COLUMN])
    with store.locked(folder, progress):
        if not store.read_mark(folder)["is_done"]:
            writer = store.Writer(folder)
            try:
                _copy(spec, speaker, dataset, writer, progress)
            finally:
                writer.close()
    facts: dict[str, Any] = store.read_mark(folder)["facts"]
    if not facts["num_captions"]:
        raise UnfitForTraining(
            f"The data set '{shown(dataset.name)}' holds no picture whose caption could be learnt."
        )
    return facts


def _copy(
    spec: ModelInstruct, speaker: Speaker, dataset: Path, writer: store.Writer, progress: Progress
) -> None:
    if not writer.position:
        writer.facts |= {"num_captions": 0, "num_silent": 0, "num_long_captions": 0}
    total = contents.count(dataset)
    columns = ["key", spec.caption_column, contents.PICTURE_COLUMN]
    position = writer.position
    for row in contents.iterate(dataset, columns=columns, start=position):
        _take(spec, speaker, row, writer)
        position += 1
        if position % _SAVE_EVERY == 0:
            writer.save(position)
            progress.check()
            progress.update(
                position, total, unit=word("pictures"), message=word("Reading captions")
            )
    writer.save(position, is_done=True)


def _take(spec: ModelInstruct, speaker: Speaker, row: dict[str, Any], writer: store.Writer) -> None:
    caption = str(row[spec.caption_column] or "").strip()
    if not caption:
        writer.facts["num_silent"] += 1
        return
    data = (row[contents.PICTURE_COLUMN] or {}).get("bytes") or b""
    lesson = _encode(spec, speaker, _open(data, str(row["key"])), caption)
    if len(lesson) > lessons.find_limit(spec, speaker):
        writer.facts["num_long_captions"] += 1
        return
    text = caption.encode()
    starts = [
        writer.append("pictures", np.frombuffer(data, np.uint8)),
        writer.append("texts", np.frombuffer(text, np.uint8)),
    ]
    place = [starts[0], len(data), starts[1], len(text), len(lesson)]
    writer.append("places", np.asarray([place], np.int64))
    writer.facts["num_captions"] += 1


def _encode(spec: ModelInstruct, speaker: Speaker, picture: Image.Image, caption: str) -> Lesson:
    turn = Turn(text=spec.caption_prompt, picture=picture, system=spec.system)
    return speaker.encode_lesson(turn, caption)


def _open(data: bytes, key: str) -> Image.Image:
    try:
        with pictures.pillow_settings():
            return pictures.open_upright(data, LIMITS)
    except UnfitItem as unfit:
        raise UnfitForTraining(
            f"The picture of item '{shown(key)}' cannot be decoded. Import the data set again: "
            "broken pictures are left out then."
        ) from unfit
