"""Import pictures or answers that were made elsewhere, to have them rated."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.lines import strip_line

TableFormat = Literal["auto", "csv", "jsonl", "parquet"]
ArmName = Annotated[str, Field(min_length=1, max_length=120)]


class OutputsImport(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Breakfast questions",
                    "source": "answers/breakfast.csv",
                    "licence": "CC-BY-4.0",
                    "strict": True,
                }
            ]
        }
    )

    kind: ClassVar[str] = "outputs.import"
    label: ClassVar[str] = "Import outputs"
    summary: ClassVar[str] = (
        "Reads pictures or answers that models made elsewhere from a table in CSV, JSONL or "
        "Parquet, checks every row, and makes the prompts and the models that it names."
    )

    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"outputs": ""})
    is_repeatable: ClassVar[bool] = False  # a folder may hold something else by now

    name: str = Field(
        min_length=1,
        max_length=120,
        title="Prompt set",
        description="What the set of the prompts is called, if these prompts are new. A set with "
        "the same prompts is used as it is.",
    )
    source: str = Field(
        min_length=1,
        max_length=2000,
        title="Source",
        description="A table, or a folder with a table and pictures, inside the import folders; "
        "or upload:ID for an upload.",
    )
    format: TableFormat = Field(
        default="auto",
        title="Format",
        description="How the table is written; 'auto' decides by what is found.",
    )
    licence: str = Field(
        default="",
        max_length=200,
        title="Licence",
        description="Licence of the outputs, such as CC-BY-4.0.",
    )
    arms: tuple[ArmName, ...] = Field(
        default=(),
        max_length=100,
        title="Arms",
        description="The only names that may stand in the column 'arm'. Empty: any.",
    )
    strict: bool = Field(
        default=False,
        title="All or nothing",
        description="Import nothing when a row is wrong. Otherwise wrong rows are left out and "
        "listed with the reason.",
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

    _strip = field_validator("name", "source", "licence")(strip_line)
