"""One training, in one process or in several: what they are told and what each of them does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ml.finetuning import trainable
from ml.finetuning.data.batches import Batches
from ml.finetuning.foundation import open_foundation
from ml.finetuning.samples import Sampler
from ml.finetuning.training import Course, Training
from ml.progress import Progress, word
from ml.training import memory, work
from ml.training.course import Look
from ml.training.team import Team
from specs.kinds.model.model_finetune import ModelFinetune

PROMPTS, SAMPLES = "prompts.safetensors", "samples"


@dataclass(frozen=True, kw_only=True)
class Work(work.Work):
    module: ClassVar[str] = "ml.finetuning.process"
    kind: ClassVar[str] = ModelFinetune.kind

    spec: ModelFinetune
    base: Path
    encoded: Path
    num_views: int


def open_batches(work: Work, rank: int = 0) -> Batches:
    foundation = open_foundation(work.base)
    num_times = foundation.noising.num_times
    return Batches(
        work.spec, work.encoded, num_views=work.num_views, num_times=num_times, rank=rank
    )


@contextmanager
def naming(spec: ModelFinetune, doing: str) -> Iterator[None]:
    """Says that memory ran out, and what helps."""
    with memory.naming(spec, doing, "pictures", "lower the resolution"):
        yield


def train(work: Work, team: Team, progress: Progress) -> None:
    foundation = open_foundation(work.base)
    batches = open_batches(work, team.rank)
    sampler = Sampler(work.spec, foundation, work.state_dir / PROMPTS, work.state_dir / SAMPLES)

    def draw(unet: Any, step: int) -> None:
        sampler.draw(unet, step)

    course = Course(
        settings=work.spec,
        num_steps=batches.count_steps(),
        noising=foundation.noising,
        state_dir=work.state_dir,
        identity=work.identity,
        look=Look(every=work.spec.sample_every, saying=word("Drawing samples"), at=draw),
    )
    with naming(work.spec, "training"):
        Training(course, trainable.load(foundation, work.spec), team).run(batches, progress)
