from typing import ClassVar, Literal

from specs.distillation._formulation import FormulationSpec


class SimilarityDistillation(FormulationSpec):
    """The student copies how things lie to each other.

        mean_{a != b} (s(a) . s(b) - t(a) . t(b))^2

    Over all pairs of the N pictures and M sentences of the batch: picture with picture, picture
    with sentence, sentence with sentence across languages. Only how things lie to each other is
    copied, so the student's space may be turned, and be of another width, than the teacher's. The
    similarity of a thing with itself is 1 for both and is left out.
    """

    label: ClassVar[str] = "Similarity distillation (SD)"
    summary: ClassVar[str] = (
        "The similarities between all pictures and sentences of a batch become the teacher's."
    )
    formula: ClassVar[str] = "mean_{a != b} (s(a) . s(b) - t(a) . t(b))^2"

    method: Literal["sd"] = "sd"
