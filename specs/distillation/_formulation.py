"""What every formulation of distillation is: how a student's vectors are held against what they
ought to be.
"""

from typing import ClassVar

from pydantic import Field

from specs.method import MethodSpec

ABOUT = (
    "The five formulations are this project's own definitions: the study that compares them was "
    "announced without formulas."
)


class FormulationSpec(MethodSpec):
    """Of a batch with N pictures and M sentences, each sentence about one of the pictures, in one
    of several languages. All vectors have length 1: s is the student's, t the teacher's.

    `formula` says in one line what is made small; the docstring of each repeats it with its
    reasons.
    """

    formula: ClassVar[str]
    uses_teacher: ClassVar[bool] = True

    weight: float = Field(
        default=1.0,
        gt=0,
        le=1e6,
        title="Weight",
        description="Of this formulation in the sum of all that are used.",
    )
