"""Find the passages of a knowledge base that say most about each question or prompt."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from specs.inputs import Input, Readable
from specs.job import JobSpec
from specs.kinds.questions.questions_embed import QueryText

RetrievalMethod = Literal["hybrid", "lexical", "dense"]


class KnowledgeRetrieve(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"knowledge": "Dishes", "quiz": "Kitchens", "method": "lexical"}]
        }
    )

    kind: ClassVar[str] = "knowledge.retrieve"
    label: ClassVar[str] = "Find passages"
    summary: ClassVar[str] = (
        "Ranks the chunks of an indexed knowledge base by words and by vectors, joins both ranks, "
        "and keeps the best passages of each question or prompt, with where they are from."
    )
    paper: ClassVar[str | None] = (
        "BM25: Robertson and Zaragoza, 2009; reciprocal-rank fusion: Cormack et al., 2009"
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="knowledge", what="knowledge", indexed=True),
        Input(name="quiz", what="quiz", required=False),
        Input(name="prompts", what="prompts", required=False),
        Input(name="queries", what="vectors", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"passages": "passages.jsonl"})
    essentials: ClassVar[tuple[str, ...]] = (
        "knowledge",
        "quiz",
        "prompts",
        "queries",
        "method",
        "num_passages",
        "region",
        "language",
    )

    knowledge: str = Field(
        default="",
        max_length=2000,
        title="Knowledge base",
        description="An indexed one. Empty when a step before supplies it.",
    )
    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="The questions. Empty when a step before supplies them, or prompts are meant.",
    )
    prompts: str = Field(
        default="",
        max_length=2000,
        title="Prompts",
        description="The prompts, in place of a quiz.",
    )
    queries: str = Field(
        default="",
        max_length=2000,
        title="Vectors of the questions",
        description="What questions.embed made, by the encoder of the index. Needed for every "
        "search but the lexical one.",
    )
    method: RetrievalMethod = Field(
        default="hybrid",
        title="Method",
        description="By words (lexical), by vectors (dense), or by both (hybrid).",
    )
    num_passages: int = Field(
        default=5,
        ge=1,
        le=100,
        title="Passages",
        description="How many each question gets at most.",
    )
    region: str = Field(
        default="",
        max_length=120,
        title="Region",
        description="Only passages of this region. Empty: all.",
    )
    country: str = Field(
        default="",
        max_length=120,
        title="Country",
        description="Only passages of this country. Empty: all.",
    )
    language: str = Field(
        default="",
        max_length=120,
        title="Language",
        description="Only passages in this language. Empty: all.",
    )
    query_text: QueryText = Field(
        default="question",
        title="Words of a question",
        description="What is searched for: the question alone, or its options as well.",
    )
    one_per_passage: bool = Field(
        default=True,
        title="One chunk per passage",
        description="Of several chunks of one passage only the best counts.",
    )
    depth: int = Field(
        default=100,
        ge=1,
        le=10_000,
        title="Depth",
        description="How many chunks each of the two ranks holds before they are joined.",
    )
    rrf_k: int = Field(
        default=60,
        ge=0,
        le=10_000,
        title="Damping of ranks",
        description="A chunk gets 1 / (this + its rank) from each rank.",
    )
    bm25_k1: float = Field(
        default=1.2,
        ge=0,
        le=10,
        title="BM25, k1",
        description="How much a word that comes again counts; 0: nothing.",
    )
    bm25_b: float = Field(
        default=0.75,
        ge=0,
        le=1,
        title="BM25, b",
        description="How much long chunks are held back; 0: not at all.",
    )

    @model_validator(mode="after")
    def _check_depth(self) -> Self:
        if self.depth < self.num_passages:
            raise ValueError("The ranks must be as deep as there are passages to find.")
        return self
