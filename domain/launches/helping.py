"""How passages were found that a job reads: what tells one way to help a model from another."""

from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.jobs import queries as jobs
from domain.jobs.models import Job
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex
from domain.launches import inputs as job_inputs
from domain.launches.describing import OUTPUT
from domain.variants.retrieval import Help
from specs import registry

# How many passages are kept is told apart: of more that were found, a model may be given fewer.
_PASSED_OVER = frozenset({"num_passages", "device", "batch_size"})


def describe(session: Session, found_by: Job, *, num_passages: int) -> Help:
    """Of the job that found the passages. `num_passages` is how many of them each question gets."""
    read = job_inputs.list_rows(session, found_by.id)
    knowledge = read.get("knowledge")
    kept = int(found_by.spec.get("num_passages", num_passages))
    settings: dict[str, Any] = {
        "search": _describe_work(found_by),
        "num_passages": min(num_passages, kept),
    }
    queries = read.get("queries")
    if isinstance(queries, Job):
        settings["queries"] = _describe_work(queries)
    match knowledge:
        case KnowledgeIndex():
            base = session.get_one(KnowledgeBase, knowledge.knowledge_base_id)
            index = artifacts.get(session, knowledge.artifact_id)
            settings |= {"knowledge": knowledge.base_digest, "index": index.sha256}
            return Help(name=base.name, settings=settings)
        case KnowledgeBase():
            return Help(name=knowledge.name, settings=settings | {"knowledge": knowledge.digest})
    # Of a kind from outside, whose passages are of no base here: they themselves are what counts.
    published = jobs.list_artifacts(session, found_by.id)[OUTPUT]
    return Help(name="passages", settings=settings | {"passages": published.sha256})


def _describe_work(job: Job) -> dict[str, Any]:
    """What a job was told, without the names of what it read, which may be given to others, and
    without what changes how fast it is and not what it finds.
    """
    names = {each.name for each in registry.find_spec(job.kind).inputs} | _PASSED_OVER
    return {name: value for name, value in job.spec.items() if name not in names}
