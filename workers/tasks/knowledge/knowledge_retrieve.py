"""knowledge.retrieve: where the database can, it ranks the chunks by their vectors before a child
process joins that with ranks by words; where it cannot, the child ranks by vectors as well. The
passages are the same either way.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain.jobs.models import Job
from domain.knowledge import contents, vectors
from domain.knowledge.contents import Queries
from domain.knowledge.models import KnowledgeIndex
from domain.launches import inputs as job_inputs
from domain.settings import Settings
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve
from workers import inputs, kinds
from workers.kinds import Task

# Multiplications, which is about half a minute. The database takes one question after the other;
# the child takes all of them at once, which for many questions is faster by far.
MOST_WORK = 3_000_000_000
_RANKS = "dense_ranks.jsonl"


def prepare(
    session: Session, job: Job, spec: KnowledgeRetrieve, settings: Settings
) -> dict[str, Any]:
    """`ranks`, when the database made them."""
    index = job_inputs.list_rows(session, job.id).get("knowledge")
    path = inputs.prepare(session, job, spec, settings)["queries"]
    if spec.method == "lexical" or path is None or not isinstance(index, KnowledgeIndex):
        return {}
    queries = contents.read_queries(path)
    if not _can_rank(session, index, queries):
        return {}
    into = kinds.find_state(settings, job.id) / "ranks" / _RANKS
    return {"ranks": _write_ranks(session, index, queries, spec, into)}


def _can_rank(session: Session, index: KnowledgeIndex, queries: Queries) -> bool:
    """Not vectors of two encoders: the child says which they are."""
    if index.encoder is None or index.encoder["digest"] != queries.encoder.get("digest"):
        return False
    work = len(queries.keys) * index.num_chunks * index.dim
    is_bounded = work <= MOST_WORK and index.dim <= vectors.MOST_DIMENSIONS
    return is_bounded and vectors.can_search(session)


def _write_ranks(
    session: Session, index: KnowledgeIndex, queries: Queries, spec: KnowledgeRetrieve, path: Path
) -> Path:
    where = {name: getattr(spec, name) for name in vectors.FILTERS}
    ranked = vectors.rank(session, index, queries.read(), k=spec.depth, where=where)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for key, found in zip(queries.keys, ranked, strict=True):
            row = {
                "key": key,
                "chunk_ids": [near.chunk_id for near in found],
                "scores": [near.score for near in found],
            }
            file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
    return path


TASK = Task(
    spec=KnowledgeRetrieve,
    compute="ml.retrieval.run:retrieve",
    prepare=prepare,
    output="passages",
)
