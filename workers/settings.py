from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from domain.settings import Settings


class WorkerSettings(Settings):
    model_config = SettingsConfigDict(env_prefix="GGEZ_", frozen=True, extra="ignore")

    queues: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("cpu", "gpu"),
        description="Which queues a worker serves when its command line names none, by ','.",
    )
    concurrency: int = Field(
        default=1, ge=1, le=64, description="How many jobs one worker runs at the same time."
    )
    lease_s: float = Field(
        default=30.0, gt=0, description="A job whose worker is silent for so long is taken over."
    )
    heartbeat_s: float = Field(default=10.0, gt=0, description="How often a lease is renewed.")
    watch_s: float = Field(
        default=1.0, gt=0, description="How often a running job looks whether it should stop."
    )
    grace_s: float = Field(
        default=10.0, ge=0, description="From asking a job's process to stop until killing it."
    )
    tend_s: float = Field(
        default=5.0, gt=0, description="How often beat looks for lost jobs and rings again."
    )
    sweep_s: float = Field(
        default=600.0, gt=0, description="How often files that no job owns are deleted."
    )
    keep_state_days: float = Field(
        default=7.0,
        ge=0,
        description="How long what a stopped job saved is kept, so that it can be resumed.",
    )
    log_cap_kb: int = Field(
        default=4096, ge=64, description="How much of a job's output its log file keeps."
    )
    preload: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("torch", "diffusers", "transformers"),
        description="Libraries that stay loaded for jobs that compute with them, by ','; "
        "those that are not installed are skipped.",
    )

    @field_validator("queues", "preload", mode="before")
    @classmethod
    def _split_by_comma(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _check_lease(self) -> "WorkerSettings":
        if self.heartbeat_s * 2 > self.lease_s:
            msg = (
                f"GGEZ_LEASE_S is {self.lease_s:g} s and GGEZ_HEARTBEAT_S {self.heartbeat_s:g} s; "
                "a lease must last for at least two heartbeats."
            )
            raise ValueError(msg)
        return self
