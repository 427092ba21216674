from typing import ClassVar, Literal

from specs.distillation._formulation import FormulationSpec


class FeatureDistillation(FormulationSpec):
    """The student copies the teacher.

        1/2 mean_pictures |s(x) - t(x)|^2 + 1/2 mean_sentences |s(x) - t(x)|^2

    The student copies the teacher's vector of the same picture and of the same sentence, in the
    sentence's own language. The squares are summed over the numbers of a vector rather than
    averaged, so that a weight means the same for vectors of any width; as both have length 1, each
    term is 2 - 2 cos. Pictures and sentences count half each, however many languages there are.
    """

    label: ClassVar[str] = "Feature distillation (FD)"
    summary: ClassVar[str] = (
        "The student copies the teacher's vector of the same picture and the same sentence."
    )
    formula: ClassVar[str] = (
        "1/2 mean_pictures |s(x) - t(x)|^2 + 1/2 mean_sentences |s(x) - t(x)|^2"
    )

    method: Literal["fd"] = "fd"
