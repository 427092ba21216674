"""{base, adapted} x {plain, retrieved}: one launch that says what adaptation does, what retrieval
does, and what both do together. It is a recipe whose few open places are the fields here.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from specs.grids.grid import Grid
from specs.inputs import Input
from specs.job import Device
from specs.recipe import Recipe, Step

INDEX, EMBED, FIND = "index", "embed", "find-passages"
ANSWER, SCORE, COMPARE = "answer", "score", "compare"
PLAIN, RETRIEVED = "plain", "retrieved"


class TwoByTwo(Grid):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "base": "llava",
                    "tuned": "llava, tuned",
                    "beta": 0.5,
                    "quiz": "Dishes",
                    "knowledge": "Cooks",
                }
            ]
        }
    )

    label: ClassVar[str] = "Measure adaptation and retrieval"
    summary: ClassVar[str] = (
        "The base and the adapted model answer one quiz, each by itself and each with passages "
        "from a knowledge base. Four cells say what adaptation does, what retrieval does, and what "
        "both do together."
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model", use="answers"),
        Input(name="tuned", what="model", use="answers"),
        Input(name="quiz", what="quiz"),
        Input(name="knowledge", what="knowledge"),
        Input(name="encoder", what="model", required=False),
    )
    essentials: ClassVar[tuple[str, ...]] = (
        *("base", "tuned", "beta", "quiz", "mode", "knowledge", "encoder", "index"),
        "num_passages",
    )

    base: str = Field(
        min_length=1, max_length=2000, title="Base", description="The model as it came."
    )
    tuned: str = Field(
        min_length=1,
        max_length=2000,
        title="Regional model",
        description="What was tuned from it, or a merge that was written.",
    )
    beta: float = Field(
        gt=0,
        le=1,
        title="Beta",
        description="Share of regional weights in the adapted model; 1 is the regional model "
        "itself.",
    )
    quiz: str = Field(
        min_length=1, max_length=2000, title="Quiz", description="What both models are asked."
    )
    mode: Literal["choice", "likelihood", "open"] = Field(
        default="choice",
        title="Scoring",
        description="By the option's letter, by the likeliest option, or by accepted words.",
    )
    knowledge: str = Field(
        min_length=1,
        max_length=2000,
        title="Knowledge base",
        description="Where passages are found for each question.",
    )
    encoder: str = Field(
        default="",
        max_length=2000,
        title="Encoder",
        description="Of questions and passages, for search by words and by meaning; the one that "
        "the knowledge base is indexed with. Empty: by words alone.",
    )
    index: bool = Field(
        default=False,
        title="Index the knowledge base first",
        description="Needed once, and again when its passages have changed.",
    )
    num_passages: int = Field(
        default=5,
        ge=1,
        le=100,
        title="Passages per question",
        description="How many of the best passages stand before a question.",
    )
    max_new_tokens: int = Field(
        default=64, ge=1, le=8192, title="Longest answer (tokens)", description="Of every cell."
    )
    max_questions: int | None = Field(
        default=None, ge=1, title="At most", description="Only this many questions. Empty: all."
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )

    @model_validator(mode="after")
    def _check_models(self) -> Self:
        if self.base == self.tuned:
            raise ValueError("The base and the regional model are the same one.")
        return self

    def to_recipe(self) -> Recipe:
        return Recipe(name="Two by two", steps=tuple(self._list_steps()))

    def _list_steps(self) -> Iterator[Step]:
        yield from self._list_retrieval()
        for name in (PLAIN, RETRIEVED):
            needs = {"passages": FIND} if name == RETRIEVED else {}
            yield Step(
                name=f"{ANSWER}-{name}",
                kind="answers.generate",
                spec=self._describe_answering(is_retrieved=name == RETRIEVED),
                needs=needs,
            )
        for name in (PLAIN, RETRIEVED):
            yield Step(
                name=f"{SCORE}-{name}",
                kind="answers.score",
                spec={"quiz": self.quiz, "mode": self.mode},
                needs={"outputs": f"{ANSWER}-{name}"},
            )
        yield Step(
            name=COMPARE,
            kind="answers.compare",
            needs={name: f"{SCORE}-{name}" for name in (PLAIN, RETRIEVED)},
        )

    def _list_retrieval(self) -> Iterator[Step]:
        if self.index:
            spec = {"knowledge": self.knowledge, "encoder": self.encoder, "device": self.device}
            yield Step(name=INDEX, kind="knowledge.index", spec=spec)
        if self.encoder:
            spec = {"encoder": self.encoder, "quiz": self.quiz, "device": self.device}
            yield Step(name=EMBED, kind="questions.embed", spec=spec)
        yield Step(
            name=FIND,
            kind="knowledge.retrieve",
            spec={
                "knowledge": "" if self.index else self.knowledge,
                "quiz": self.quiz,
                "method": "hybrid" if self.encoder else "lexical",
                "num_passages": self.num_passages,
            },
            needs=({"knowledge": INDEX} if self.index else {})
            | ({"queries": EMBED} if self.encoder else {}),
        )

    def _describe_answering(self, *, is_retrieved: bool) -> dict[str, Any]:
        """The same but for the passages: what differs between the cells is what is measured."""
        spec: dict[str, Any] = {
            "base": self.base,
            "tuned": self.tuned,
            "betas": [0.0, self.beta],
            "quiz": self.quiz,
            "max_new_tokens": self.max_new_tokens,
            "likelihood": self.mode == "likelihood",
            "device": self.device,
        }
        if self.max_questions is not None:
            spec["max_questions"] = self.max_questions
        return spec | ({"num_passages": self.num_passages} if is_retrieved else {})
