"""outputs.import: finds the source, lets a child process check it, records prompts, models that
were made elsewhere, and a row per output.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets import sources
from domain.jobs.models import Job
from domain.outputs import importing
from domain.outputs.importing import Given
from domain.prompts import service as prompts
from domain.settings import Settings
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.prompts import PromptLine
from workers import kinds, publishing
from workers.kinds import Task


def prepare(session: Session, job: Job, spec: OutputsImport, settings: Settings) -> dict[str, Any]:
    """Everything that can be refused before anything is read."""
    found = sources.find(session, spec.source, settings)
    path = sources.fetch(found, kinds.find_state(settings, job.id) / "source")
    named = prompts.find_by_name(session, spec.name)
    return {
        "path": str(path),
        "source_name": found.name,
        "named_prompts": named.digest if named is not None else "",
    }


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    output = published["output"]
    given = Given(
        name=result["name"],
        source=PurePosixPath(result["table"]).name,
        prompts=[PromptLine(**row) for row in publishing.read_rows(output, "prompts.jsonl")],
        arms=[each["arm"] for each in result["arms"]],
        rows=publishing.read_rows(output, "outputs.jsonl"),
    )
    imported = importing.record(session, job, given, output)
    by_arm = imported.variants
    return {
        **result,
        "prompt_set_id": str(imported.prompt_set.id),
        # The set with these prompts may have been there under another name.
        "name": imported.prompt_set.name,
        "num_new": imported.num_new,
        "arms": [
            {**each, "variant_id": str(by_arm[each["arm"]].id), "role": by_arm[each["arm"]].role}
            for each in result["arms"]
        ],
        # By the names in outputs.jsonl, which a benchmark repeats.
        "rows": {arm: str(variant.id) for arm, variant in by_arm.items()},
    }


TASK = Task(
    spec=OutputsImport,
    compute="ml.importing.outputs.run:import_outputs",
    prepare=prepare,
    record=record,
    output="outputs",
)
