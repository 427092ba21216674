"""Import a collection of pictures with captions."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.lines import strip_line

_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")

SourceFormat = Literal["auto", "folder", "imagefolder", "parquet", "jsonl", "csv", "webdataset"]


class DatasetImport(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Breakfast at the market",
                    "source": "market/breakfast",
                    "licence": "CC-BY-4.0",
                    "default_language": "en",
                }
            ]
        }
    )

    kind: ClassVar[str] = "dataset.import"
    label: ClassVar[str] = "Import a data set"
    summary: ClassVar[str] = (
        "Reads pictures with captions from a folder, Parquet, JSONL, CSV, WebDataset or a Hugging "
        "Face image folder, checks every item, and lists what is wrong with those it leaves out."
    )

    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"dataset": ""})
    is_repeatable: ClassVar[bool] = False  # a folder may hold something else by now

    name: str = Field(
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find this data set. Must not be taken.",
    )
    source: str = Field(
        min_length=1,
        max_length=2000,
        title="Source",
        description="A folder or file inside the import folders, or upload:ID for an upload.",
    )
    format: SourceFormat = Field(
        default="auto",
        title="Format",
        description="Which reader to use; 'auto' decides by what is found.",
    )
    licence: str = Field(
        min_length=1,
        max_length=200,
        title="Licence",
        description="Licence of the pictures, such as CC-BY-4.0; used where an item names none.",
    )
    image_column: str = Field(
        default="image", min_length=1, title="Image column", description="Path or picture bytes."
    )
    caption_column: str = Field(
        default="caption", min_length=1, title="Caption column", description="The text."
    )
    default_language: str = Field(
        default="",
        max_length=35,
        title="Caption language",
        description="BCP 47 tag, such as en, for items that name no language.",
    )
    max_items: int | None = Field(
        default=None,
        ge=1,
        title="At most",
        description="Stop after this many items. Empty: all.",
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

    _strip = field_validator("name", "source", "licence", "default_language")(strip_line)

    @field_validator("default_language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        if value and not _LANGUAGE_TAG.fullmatch(value):
            raise ValueError(f"'{value}' is not a BCP 47 tag such as en or en-GB.")
        return value
