"""What the inputs of a launch form may name, with the words to choose by."""

from collections.abc import Collection, Mapping, Sequence

from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.requests import Request

from app import rendering
from domain.jobs.models import Job
from domain.launches import queries as reading
from domain.regions import service as regions
from domain.settings import Settings
from specs import registry
from specs.inputs import Input, Readable

REGION = "region"
_MOST_JOBS = 100
_OF_JOBS: Collection[Readable] = frozenset(
    {"outputs", "answers", "scores", "passages", "vectors", "material", "measured"}
)
_SAID = ("tuned", "base", "teacher", "model", "knowledge", "dataset", "quiz", "prompts", "name")
Choices = Sequence[tuple[str, str]]


def list_choices(
    request: Request, session: Session, settings: Settings, spec_type: type[BaseModel]
) -> Mapping[str, Choices]:
    """By field: of what this kind reads; and of the regions, where it names one."""
    found: dict[str, Choices] = {}
    if REGION in spec_type.model_fields:
        language = rendering.choose_language(request).code
        found[REGION] = [
            (each.key, each.names.get(language, each.names["en"]))
            for each in regions.list_regions(settings)
        ]
    inputs: tuple[Input, ...] = getattr(spec_type, "inputs", ())
    for each in inputs:
        if each.what in _OF_JOBS:
            found[each.name] = _list_jobs(request, session, each.what)
        else:
            names = reading.list_choices(session, each.what, each.use)
            found[each.name] = [(name, name) for name in names]
    return found


def _list_jobs(request: Request, session: Session, what: Readable) -> Choices:
    """What has no name of its own: the job that made it is named by its id."""
    jobs = reading.list_source_jobs(session, what, limit=_MOST_JOBS)
    return [(str(job.id), _name(request, job)) for job in jobs]


def _name(request: Request, job: Job) -> str:
    label = rendering.translate(request, registry.find_spec(job.kind).label)
    read = " · ".join(str(job.spec[name]) for name in _SAID if job.spec.get(name))
    finished = f"{job.finished_at:%Y-%m-%d %H:%M}" if job.finished_at else ""
    return " · ".join(part for part in (label, read, finished) if part)
