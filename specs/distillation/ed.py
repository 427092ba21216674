from typing import ClassVar, Literal

from pydantic import Field

from specs.distillation._formulation import FormulationSpec


class EnglishDistillation(FormulationSpec):
    """Every language copies the teacher's English.

        1/2 mean_pictures |s(x) - t(x)|^2 + 1/2 mean_sentences |s(x) - t(x in English)|^2

    Every translation of a sentence is drawn to the one vector that the teacher gives to the English
    sentence, which is the control for how much of a gain comes from the teacher's English. Pictures
    are copied as in FD: without them the student would not learn to see. A sentence whose item has
    none in English in the same batch cannot be learnt and is refused.
    """

    label: ClassVar[str] = "English control (ED)"
    summary: ClassVar[str] = (
        "A sentence in any language copies the teacher's vector of the English sentence; pictures "
        "copy their own."
    )
    formula: ClassVar[str] = (
        "1/2 mean_pictures |s(x) - t(x)|^2 + 1/2 mean_sentences |s(x) - t(x in English)|^2"
    )

    method: Literal["ed"] = "ed"
    pivot: str = Field(
        default="en",
        min_length=2,
        max_length=35,
        title="Language copied from",
        description="BCP 47 tag of the language whose sentences the teacher is asked for; without "
        "one in it, a variety will do, such as en-GB for en.",
    )
