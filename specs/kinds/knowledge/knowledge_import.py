"""Import passages of knowledge into a knowledge base."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.knowledge import (
    COUNTRY_CODE,
    LANGUAGE_TAG,
    LONGEST_LANGUAGE,
    LONGEST_REGION,
    LONGEST_SOURCE,
    LONGEST_VALUE,
)
from specs.lines import strip_line

KnowledgeFormat = Literal["auto", "markdown", "jsonl", "csv"]


class KnowledgeImport(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Breakfast dishes",
                    "source": "knowledge/breakfast.md",
                    "licence": "CC-BY-SA-4.0",
                    "default_language": "en",
                }
            ]
        }
    )

    kind: ClassVar[str] = "knowledge.import"
    label: ClassVar[str] = "Import knowledge"
    summary: ClassVar[str] = (
        "Reads passages from Markdown, JSONL or CSV, checks every one, and adds those that the "
        "knowledge base has not had yet. A file that is imported twice adds nothing."
    )

    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"knowledge": ""})
    is_repeatable: ClassVar[bool] = False  # a folder may hold something else by now

    name: str = Field(
        min_length=1,
        max_length=LONGEST_VALUE,
        title="Knowledge base",
        description="The name of the base that the passages go to. It is made if there is none.",
    )
    source: str = Field(
        min_length=1,
        max_length=2000,
        title="Source",
        description="A file, or a folder of files, inside the import folders; or upload:ID for an "
        "upload.",
    )
    format: KnowledgeFormat = Field(
        default="auto",
        title="Format",
        description="Which files are read, and how; 'auto' decides by their names.",
    )
    licence: str = Field(
        default="",
        max_length=LONGEST_VALUE,
        title="Licence",
        description="Licence of the passages, such as CC-BY-SA-4.0; used where one names none.",
    )
    default_region: str = Field(
        default="",
        max_length=LONGEST_REGION,
        title="Region",
        description="A region's key, such as sea, for passages that name none.",
    )
    default_country: str = Field(
        default="",
        max_length=2,
        title="Country",
        description="Two letters, such as ID, for passages that name none.",
    )
    default_language: str = Field(
        default="",
        max_length=LONGEST_LANGUAGE,
        title="Language",
        description="BCP 47 tag, such as en, for passages that name none.",
    )
    default_source: str = Field(
        default="",
        max_length=LONGEST_SOURCE,
        title="Where it is from",
        description="A book, a page or a person, for passages that name none.",
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
        description="Larger pictures are left out unread, and larger Markdown is refused.",
    )

    _strip = field_validator(
        "name",
        "source",
        "licence",
        "default_region",
        "default_country",
        "default_language",
        "default_source",
    )(strip_line)

    @field_validator("default_language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        if value and not LANGUAGE_TAG.fullmatch(value):
            raise ValueError(f"'{value}' is not a BCP 47 tag such as en or en-GB.")
        return value

    @field_validator("default_country")
    @classmethod
    def _check_country(cls, value: str) -> str:
        value = value.upper()
        if value and not COUNTRY_CODE.fullmatch(value):
            raise ValueError(f"'{value}' is not a country code of two letters.")
        return value
