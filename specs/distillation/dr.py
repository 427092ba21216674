from typing import ClassVar, Literal

from pydantic import Field

from specs.distillation._formulation import FormulationSpec


class DistributionalReplication(FormulationSpec):
    """The student copies what the teacher finds similar.

        mean_{x, Q} -sum_{q in Q} softmax(t(x) . q / tau_t) log softmax(s(x) . q / tau_s)

    Q is a queue of the teacher's latest vectors: one of pictures and one of sentences, and every
    picture and sentence x is held against both, because similarities within a kind are so much
    higher than across that one queue would hide the pictures from the sentences. The vectors of a
    batch enter before they are compared with, so x finds its own among them, and push out those
    that have been there longest. A teacher does not change, so what is in the queue is never out of
    date; it is only from earlier batches.
    """

    label: ClassVar[str] = "Distributional replication (DR)"
    summary: ClassVar[str] = (
        "The student finds as similar as the teacher does what stands in long queues of the "
        "teacher's vectors of pictures and sentences."
    )
    formula: ClassVar[str] = (
        "mean_{x, Q} -sum_{q in Q} softmax(t(x) . q / tau_t) log softmax(s(x) . q / tau_s)"
    )
    paper: ClassVar[str | None] = "arXiv 2101.04731"

    method: Literal["dr"] = "dr"
    queue_size: int = Field(
        default=4096,
        ge=2,
        le=262_144,
        title="Vectors in a queue",
        description="Of pictures, and as many of sentences; a batch must fit.",
    )
    teacher_temperature: float = Field(
        default=0.05,
        gt=0,
        le=10,
        title="Teacher's temperature",
        description="tau_t: what the teacher's similarities are divided by.",
    )
    student_temperature: float = Field(
        default=0.07,
        gt=0,
        le=10,
        title="Student's temperature",
        description="tau_s: what the student's similarities are divided by.",
    )
