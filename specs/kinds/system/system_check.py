from typing import ClassVar

from pydantic import Field

from specs.job import JobSpec


class SystemCheck(JobSpec):
    kind: ClassVar[str] = "system.check"
    label: ClassVar[str] = "Check this machine"
    summary: ClassVar[str] = (
        "Which device computes, how much memory is free, how fast the disk is, "
        "and how many threads torch uses."
    )

    disk_mb: int = Field(
        default=64,
        ge=1,
        le=4096,
        title="Disk test size (MB)",
        description="This much is written, synced and read back to measure the disk.",
    )
    multiply_size: int = Field(
        default=512,
        ge=64,
        le=8192,
        title="Matrix size",
        description="Side of the square matrices that are multiplied to measure the processor.",
    )
    repeats: int = Field(
        default=5, ge=1, le=1000, title="Repeats", description="How often each measure is taken."
    )
