"""The words of a study, by language: content, never interface strings.

A correction after opening makes a new version, which every later rating carries.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from specs.region import LanguageTag
from specs.study.design import StudyDesign

Line = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(max_length=10_000)]
FALLBACK = "en"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CriterionWords(_Frozen):
    name: Line = Field(title="Name", description="One or two words.")
    question: Line = Field(title="Question", description="What the rater is to judge.")
    # What each level means, from 1 up; of pairs and ranks there are none.
    anchors: tuple[Line, ...] = Field(default=(), title="Anchors")


class StudyWords(_Frozen):
    """All of it in one language."""

    title: Line
    about: Text = Field(default="", title="What it is about")
    runner: Line = Field(title="Who runs it")
    duration: Line = Field(title="How long it takes")
    consent: Text = Field(min_length=1, title="What a rater agrees to")
    guide: Text = Field(default="", title="Guide", description="Paragraphs between blank lines.")
    thanks: Text = Field(default="", title="Thanks")
    criteria: Mapping[str, CriterionWords]
    prompts: Mapping[str, Line] = Field(
        default_factory=dict, title="Prompts", description="Key of a prompt -> its translation."
    )
    explanations: Mapping[str, Text] = Field(
        default_factory=dict,
        title="Explanations",
        description="Key of a practice prompt -> why the best rating is the best.",
    )


class StudyWording(_Frozen):
    languages: Mapping[LanguageTag, StudyWords]
    # Shown when everything is done, for those who are paid through another platform.
    completion_code: str = Field(default="", max_length=80, title="Completion code")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if FALLBACK not in self.languages:
            raise ValueError("The words of a study are there in English at least.")
        return self

    def speak(self, language: str) -> tuple[str, StudyWords]:
        """In this language, else in English; with the language it is."""
        found = language if language in self.languages else FALLBACK
        return found, self.languages[found]


def list_gaps(design: StudyDesign, wording: StudyWording) -> list[str]:
    """What the design asks for and the words lack, in sentences."""
    gaps = []
    for tag, words in wording.languages.items():
        for criterion in design.criteria:
            said = words.criteria.get(criterion.key)
            wanted = criterion.levels if design.form == "likert" else 0
            if said is None:
                gaps.append(f"The criterion '{criterion.key}' has no words in '{tag}'.")
            elif len(said.anchors) != wanted:
                gaps.append(
                    f"The criterion '{criterion.key}' has {wanted} levels and "
                    f"{len(said.anchors)} anchors in '{tag}'."
                )
        gaps += [
            f"The practice on '{each.prompt_key}' has no explanation in '{tag}'."
            for each in design.practice
            if each.prompt_key not in words.explanations
        ]
    return gaps
