"""The design of a study: what is shown, what is asked, how often, and of whom.

Frozen once the study is open. Words that people read are not here: see specs.study.wording.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Form = Literal["likert", "pair", "rank"]
Medium = Literal["picture", "answer"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Share = Annotated[float, Field(ge=0, le=0.5)]

FEWEST_ARMS = {"likert": 1, "pair": 2, "rank": 3}
FEWEST_LEVELS, MOST_LEVELS = 2, 7


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(_Frozen):
    key: Key = Field(title="Key", description="How exports call it.")
    levels: int = Field(
        default=3,
        ge=FEWEST_LEVELS,
        le=MOST_LEVELS,
        title="Levels",
        description="Of the scale, from 1 up. Pairs and ranks have none.",
    )


class Gold(_Frozen):
    """An output whose right rating is known."""

    prompt_key: str
    arm: str
    criterion: str
    accepted: tuple[int, ...] = Field(min_length=1)


class Controls(_Frozen):
    """Items mixed in whose outcome tells something about the rater; drawn when the study opens.
    Shares are of the primary items.
    """

    repeats: Share = Field(
        default=0.05, title="Repeats", description="Shown to the same person a second time."
    )
    wrong_culture: Share = Field(
        default=0.0,
        title="Wrong culture",
        description="An output of another prompt: what is asked for is not in it.",
    )
    photos: Share = Field(
        default=0.05, title="Photos", description="How many, if an arm holds real photos."
    )
    checks: int = Field(
        default=0, ge=0, le=20, title="Checks", description="Items that say what to choose."
    )
    gold: tuple[Gold, ...] = Field(
        default=(), title="Known answers", description="Outputs whose right rating is known."
    )
    warn_after: int = Field(
        default=2, ge=0, le=100, title="Warn after", description="Failed controls. 0: never."
    )
    pause_after: int = Field(
        default=0,
        ge=0,
        le=100,
        title="Pause after",
        description="Failed controls, until a researcher has looked. 0: never.",
    )


class Eligibility(_Frozen):
    """Who may rate. What a person says of themselves counts; it is recorded, not guessed."""

    countries: Literal["anyone", "region", "prompt"] = Field(
        default="anyone",
        title="Where raters are at home",
        description="Anywhere, in the study's region, or in the very country of a prompt.",
    )
    languages: tuple[str, ...] = Field(
        default=(), title="Languages", description="One of which a rater speaks. Empty: any."
    )


class Practice(_Frozen):
    """An output that is rated before the first real one, with an explanation afterwards."""

    prompt_key: str
    arm: str
    best: dict[str, int] = Field(description="By criterion: what the explanation argues for.")


class StudyDesign(_Frozen):
    form: Form = Field(
        default="likert",
        title="Form",
        description="One output at a time, two side by side, or three and more in order.",
    )
    medium: Medium = Field(default="picture", title="Outputs", description="Pictures or answers.")
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=6, title="Criteria")
    strata: tuple[str, ...] = Field(
        default=(), title="Strata", description="Of prompts, interleaved and reported apart."
    )
    pairs: Literal["with_baseline", "all"] = Field(
        default="with_baseline",
        title="Pairs",
        description="Each arm beside the baseline, or beside every other.",
    )
    raters_per_item: int = Field(
        default=3,
        ge=1,
        le=50,
        title="Ratings per item",
        description="Scored ratings that each item gets: exactly so many.",
    )
    seeds_per_prompt: int = Field(
        default=1, ge=1, le=20, title="Seeds", description="Outputs of each prompt and arm."
    )
    lease_minutes: int = Field(
        default=30,
        ge=5,
        le=480,
        title="Time for an item, minutes",
        description="Afterwards somebody else may have it; what is then sent in still counts.",
    )
    controls: Controls = Field(default_factory=Controls)
    eligibility: Eligibility = Field(default_factory=Eligibility)
    practice: tuple[Practice, ...] = Field(default=(), max_length=10, title="Practice")

    @model_validator(mode="after")
    def _check(self) -> Self:
        keys = [each.key for each in self.criteria]
        if len(set(keys)) < len(keys):
            raise ValueError("Two criteria have the same key.")
        levels = {each.key: each.levels for each in self.criteria}
        known = [(each.criterion, each.accepted) for each in self.controls.gold]
        known += [(key, (value,)) for each in self.practice for key, value in each.best.items()]
        for key, values in known:
            if key not in levels:
                raise ValueError(f"There is no criterion '{key}'; there are: {', '.join(keys)}.")
            if self.form == "likert" and any(not 1 <= value <= levels[key] for value in values):
                raise ValueError(f"'{key}' has the levels 1 to {levels[key]}.")
        if self.form != "likert" and (self.controls.gold or self.controls.checks):
            raise ValueError("Known answers and checks are for studies of the form 'likert'.")
        return self

    def find_criterion(self, key: str) -> Criterion | None:
        return next((each for each in self.criteria if each.key == key), None)
