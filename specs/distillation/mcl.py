from typing import ClassVar, Literal

from pydantic import Field

from specs.distillation._formulation import FormulationSpec


class MultilingualContrast(FormulationSpec):
    """What belongs together finds each other.

        mean_{a, v} -log( exp(s(a) . s(a_v) / tau) / sum_{b in v} exp(s(a) . s(b) / tau) )

    A view v is the pictures, or the sentences of one language. For each picture or sentence a and
    each other view in which its item occurs, a_v is what belongs to the same item; the sum is over
    all of the batch in that view. What is compared with what belongs is therefore always of its own
    kind, and a sentence is told apart from other items' sentences, never from its own translations.
    Nor from words that are said of its own picture too: where sentences are the same word for word,
    none of their pictures and translations is compared with the other's. The teacher has no part in
    it: this is what the same data teach without one. A batch holds each item once, else the same
    thing would be right and wrong at once.
    """

    label: ClassVar[str] = "Multilingual contrast (MCL)"
    summary: ClassVar[str] = (
        "A sentence, its translations and its picture find each other among those of other items; "
        "the teacher is not asked."
    )
    formula: ClassVar[str] = (
        "mean_{a, v} -log( exp(s(a) . s(a_v) / tau) / sum_{b in v} exp(s(a) . s(b) / tau) )"
    )
    paper: ClassVar[str | None] = "arXiv 1807.03748"
    uses_teacher: ClassVar[bool] = False

    method: Literal["mcl"] = "mcl"
    temperature: float = Field(
        default=0.07,
        gt=0,
        le=10,
        title="Temperature",
        description="tau: what similarities are divided by; lower looks at the nearest only.",
    )
