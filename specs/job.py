"""What every job kind's specification is: a frozen value that names one piece of work."""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from specs.inputs import Input, Readable

Queue = Literal["cpu", "gpu"]
# What computes, and in which numbers; 'auto' is settled where it is computed.
Device = Literal["auto", "cpu", "cuda"]
Dtype = Literal["auto", "fp32", "fp16", "bf16"]


class JobSpec(BaseModel):
    """One subclass per job kind, in a module of its own, registered in `specs.registry`.

    Fields carry title, description, bounds and default: the panel's form, the terminal's options,
    the API's schema and the typed JSON in the database are all made from them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    kind: ClassVar[str]
    label: ClassVar[str]
    summary: ClassVar[str]
    paper: ClassVar[str | None] = None
    # Where such work waits as long as its device is left open: see `find_queue`.
    queue: ClassVar[Queue] = "cpu"
    max_attempts: ClassVar[int] = 3
    # Whether the same specification and inputs give the same result, so that an earlier one will
    # do. Not so where something is read that no digest stands for.
    is_repeatable: ClassVar[bool] = True
    # What is read from elsewhere, and what others read of this, by where it lies in the folder
    # that is published: see specs.inputs.
    inputs: ClassVar[tuple[Input, ...]] = ()
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({})

    # What a form shows at once; the other fields wait behind a fold. Empty: all.
    essentials: ClassVar[tuple[str, ...]] = ()

    def find_queue(self) -> Queue:
        """Which workers may take it. A kind with a field `device` follows it: only a worker of the
        queue gpu is sure to see one, and what wants none should not wait for one.
        """
        device = getattr(self, "device", "auto")
        if device.startswith("cuda"):
            return "gpu"
        return "cpu" if device == "cpu" else self.queue

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """Equal specs, equal digest: the key of the step cache, together with the inputs."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(f"{self.kind}\n{text}".encode()).hexdigest()
