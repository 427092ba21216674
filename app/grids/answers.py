"""Comparisons as the API shows them, and what it takes to make a study of one."""

import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.comparisons.two_by_two import FORMS, Compared
from domain.jobs.models import Job

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_ESTIMATE: JsonDict = {"value": 62.5, "low": 55.1, "high": 69.8, "reason": ""}
_SCOPE: JsonDict = {
    "scope": "regional",
    "num_questions": 120,
    "num_clusters": 40,
    "num_left_out": 0,
    "cells": {"base_plain": _ESTIMATE},
    "effects": {"adaptation_plain": _ESTIMATE},
    "ratios": {"adapted_plain": _ESTIMATE},
    "counted": {"base_plain": {"n_refused": 2, "n_unparsable": 1, "gaps": 0}},
}


class TwoByTwoOut(BaseModel):
    """`variants` by cell; one that is not here any more is missing. `result` is the job's: cells
    and effects in per cent of right answers, ratios as shares of the base without retrieval, each
    with its interval, and what was counted apart.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "job_id": _ID,
                    "benchmark_id": _ID,
                    "variants": {"base_plain": _ID, "adapted_retrieved": _ID},
                    "result": {"mode": "choice", "beta": 0.25, "scopes": [_SCOPE]},
                }
            ]
        }
    )

    job_id: uuid.UUID
    benchmark_id: uuid.UUID
    variants: dict[str, uuid.UUID]
    result: dict[str, Any]

    @classmethod
    def of(cls, job: Job, compared: Compared) -> "TwoByTwoOut":
        return cls(
            job_id=job.id,
            benchmark_id=compared.quiz.id,
            variants={cell: variant.id for cell, variant in compared.variants.items()},
            result=dict(job.result or {}),
        )


class NewComparisonStudy(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"form": "rank"}]})

    form: str = Field(max_length=20, description=f"How answers are rated: {' or '.join(FORMS)}.")
