"""Take in a model that was made elsewhere."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import ConfigDict, Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.lines import strip_line


class ModelImport(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "World", "source": "models/world", "licence": "Apache-2.0"}]
        }
    )

    kind: ClassVar[str] = "model.import"
    label: ClassVar[str] = "Import a model"
    summary: ClassVar[str] = (
        "Takes in a pipeline of diffusers, a model of transformers or plain safetensors: checks "
        "every weight file, refuses pickles, and records family, parts and digests."
    )
    is_repeatable: ClassVar[bool] = False  # a folder may hold something else by now
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"model": "model"})

    name: str = Field(
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find this model. Must not be taken.",
    )
    source: str = Field(
        min_length=1,
        max_length=2000,
        title="Source",
        description="A folder or a *.safetensors file inside the import folders, or "
        "hub:OWNER/NAME[@REVISION] where a hub may be asked.",
    )
    licence: str = Field(
        default="",
        max_length=200,
        title="Licence",
        description="Licence of the weights, such as Apache-2.0.",
    )

    _strip = field_validator("name", "source", "licence")(strip_line)

    @property
    def is_on_hub(self) -> bool:
        return self.source.startswith("hub:")
