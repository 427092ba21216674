"""distillation.check: whether data have what formulations need. A student looks at its own needs
before the teacher is asked; of a grid it is known before the first student is taught.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ml.datasets import languages
from ml.distillation import material
from ml.progress import Progress, word
from ml.training.data import captioned
from ml.training.problems import UnfitForTraining
from specs.distillation.dr import DistributionalReplication
from specs.distillation.ed import EnglishDistillation
from specs.distillation.registry import Formulation
from specs.kinds.distillation.distillation_check import DistillationCheck

# Of each picture the languages of its captions; there is one in each.
Spoken = Sequence[Collection[str]]


def check_dataset(
    spec: DistillationCheck,
    *,
    dataset: Path,
    out_dir: Path,  # noqa: ARG001 - what was found is in the result
    state_dir: Path,  # noqa: ARG001 - it takes as long as reading the captions once
    progress: Progress,
) -> dict[str, Any]:
    progress.check()
    progress.update(0, message=word("Reading the captions"))
    items, num_left_out = material.find_items(dataset)
    check(spec.formulations, spec.batch_size, [item.languages for item in items])
    return {
        "languages": captioned.list_languages(items),
        "num_pictures": len(items),
        "num_captions": sum(len(item.captions) for item in items),
        "num_left_out": num_left_out,
    }


def check(formulations: Sequence[Formulation], batch_size: int, spoken: Spoken) -> None:
    for each in formulations:
        if isinstance(each, EnglishDistillation):
            _check_pivots(each, spoken)
        if isinstance(each, DistributionalReplication):
            _check_queues(each, batch_size, spoken)


def _check_pivots(spec: EnglishDistillation, spoken: Spoken) -> None:
    """What ED copies must be there for all."""
    lacking = sum(languages.find(each, spec.pivot) is None for each in spoken)
    if lacking:
        raise UnfitForTraining(
            f"{spec.label} needs a caption in '{spec.pivot}' for every picture; "
            f"{lacking:,} of {len(spoken):,} have none."
        )


def _check_queues(spec: DistributionalReplication, batch_size: int, spoken: Spoken) -> None:
    """The largest batch that may come must fit into DR's queues."""
    most = sum(sorted(map(len, spoken), reverse=True)[:batch_size])
    if spec.queue_size < most:
        raise UnfitForTraining(
            f"{spec.label} has queues of {spec.queue_size:,} vectors, and a batch of "
            f"{batch_size:,} pictures may have {most:,} captions: make the queues longer."
        )
