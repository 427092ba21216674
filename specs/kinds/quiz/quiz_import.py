"""Import questions about pictures, as benchmarks publish them or in our own columns."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.lines import strip_line

Shape = Literal["auto", "cvqa", "sea-vqa", "worldcuisines", "own"]
TableFormat = Literal["auto", "parquet", "jsonl", "json", "csv"]
Words = Literal["own", "translated", "both"]
Form = Literal["choice", "open"]
Accepted = Literal["row", "group"]
ScopeChoice = Literal["auto", "global", "regional"]

_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*")


class QuizImport(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Breakfast questions",
                    "source": "questions/breakfast",
                    "licence": "CC-BY-4.0",
                    "scope": "regional",
                }
            ]
        }
    )

    kind: ClassVar[str] = "quiz.import"
    label: ClassVar[str] = "Import a quiz"
    summary: ClassVar[str] = (
        "Reads questions about pictures, with options or with accepted answers, as CVQA, SEA-VQA "
        "and WorldCuisines publish them or in columns of our own, checks every question and its "
        "picture, and lists what is wrong with those it leaves out."
    )
    paper: ClassVar[str | None] = (
        "CVQA: arXiv 2406.05967; SEA-VQA: ALVR 2024; WorldCuisines: arXiv 2410.12705"
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"quiz": ""})
    is_repeatable: ClassVar[bool] = False  # a folder may hold something else by now
    essentials: ClassVar[tuple[str, ...]] = (
        "name",
        "source",
        "shape",
        "licence",
        "region",
        "scope",
        "words",
        "form",
    )

    name: str = Field(
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find this quiz. Must not be taken.",
    )
    source: str = Field(
        min_length=1,
        max_length=2000,
        title="Source",
        description="A table, or a folder with tables and pictures, inside the import folders; or "
        "upload:ID for an upload.",
    )
    shape: Shape = Field(
        default="auto",
        title="Benchmark",
        description="Whose columns these are; 'auto' decides by the columns that are found.",
    )
    format: TableFormat = Field(
        default="auto",
        title="Format",
        description="How the questions are written; 'auto' takes the only format that is there.",
    )
    licence: str = Field(
        min_length=1,
        max_length=200,
        title="Licence",
        description="Licence of questions and pictures, where a question names none.",
    )
    region: str = Field(
        default="",
        max_length=40,
        title="Region",
        description="Questions about its countries are regional. Empty: only what rows say counts.",
    )
    scope: ScopeChoice = Field(
        default="auto",
        title="Scope",
        description="What the questions measure; 'auto' takes the row's own scope, or else whether "
        "its country is in the region.",
    )
    words: Words = Field(
        default="own",
        title="Words",
        description="Whether questions are asked in their own language, in the published "
        "translation, or in both.",
    )
    form: Form = Field(
        default="choice",
        title="Form",
        description="With the options, where a question has some, or without, to be answered in "
        "words.",
    )
    accepted: Accepted = Field(
        default="row",
        title="Accepted answers",
        description="What an answer in words is held against: the row's own, or those of the same "
        "question in every language that is imported.",
    )
    languages: tuple[str, ...] = Field(
        default=(),
        max_length=100,
        title="Languages",
        description="BCP 47 tags of the languages to take over. Empty: all.",
    )
    default_language: str = Field(
        default="",
        max_length=35,
        title="Language",
        description="BCP 47 tag for questions that name no language.",
    )
    max_questions: int | None = Field(
        default=None,
        ge=1,
        title="At most",
        description="Stop after this many questions. Empty: all.",
    )
    max_picture_megapixels: float = Field(
        default=100.0,
        gt=0,
        le=1000,
        title="Largest picture (megapixels)",
        description="Larger pictures are refused before they are decoded.",
    )
    max_file_mb: float = Field(
        default=64.0,
        gt=0,
        le=4096,
        title="Largest file (MB)",
        description="Larger picture files are refused before they are read.",
    )

    _strip = field_validator("name", "source", "licence", "region", "default_language")(strip_line)

    @field_validator("default_language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        return _check_tag(value) if value else value

    @field_validator("languages")
    @classmethod
    def _check_languages(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_check_tag(value.strip()) for value in values)


def _check_tag(value: str) -> str:
    if not _LANGUAGE_TAG.fullmatch(value):
        raise ValueError(f"'{value}' is not a BCP 47 tag such as en or en-GB.")
    return value
