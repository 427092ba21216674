"""Registers what comes with the product. Doing it again changes nothing; a newer product whose
files differ adds rows beside the old ones, to which results refer.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks import quizzes
from domain.benchmarks import service as benchmarks
from domain.benchmarks.models import Benchmark
from domain.benchmarks.quizzes import NewQuiz
from domain.benchmarks.service import NewBenchmark
from domain.datasets import service as datasets
from domain.datasets.models import Dataset
from domain.errors import Invalid
from domain.knowledge import curating
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase, KnowledgeRevision
from domain.prompts import reading
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.shelf.models import Named
from domain.shipped import files
from domain.shipped.entries import (
    Entry,
    ShippedBenchmark,
    ShippedDataset,
    ShippedKnowledge,
    ShippedModel,
    ShippedPrompts,
    ShippedQuiz,
)
from domain.shipped.files import FOLDER
from domain.variants import service as variants
from domain.variants.models import Variant
from domain.variants.service import Files, Origin
from specs import knowledge as passages
from specs import prompts as written


class EntryMissing(Invalid):
    def __init__(self, name: str, path: Path) -> None:
        super().__init__(
            "'%(name)s' should come with the product, but there is nothing at %(path)s.",
            name=name,
            path=path,
        )


class EntryUnknown(Invalid):
    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(
            "'%(name)s' refers to '%(wanted)s', which does not come before it.",
            name=name,
            wanted=wanted,
        )


@dataclass(frozen=True)
class Registered:
    entry: Entry
    row: Named
    is_new: bool


def register(session: Session, settings: Settings, entries: Sequence[Entry]) -> list[Registered]:
    """A row for each entry, in the order given. Files are linked into the data folder's artifacts,
    or copied where links do not reach.
    """
    done: dict[str, Registered] = {}
    for entry in entries:
        if not entry.path.exists():
            raise EntryMissing(entry.name, entry.path)
        done[entry.name] = _REGISTER[type(entry)](session, settings, entry, done)
    return list(done.values())


def _register_model(
    session: Session, settings: Settings, entry: ShippedModel, done: Mapping[str, Registered]
) -> Registered:
    measured = digest, size_bytes = files.measure(entry.path)
    known = session.scalars(
        select(Variant).where(Variant.digest == digest, Variant.job_id.is_(None))
    ).first()
    if known is not None:
        return Registered(entry, known, is_new=False)
    artifact = files.publish(session, settings, entry.path, "model", measured)
    variant = variants.record(
        session,
        name=_name(session, Variant, entry.name),
        family=entry.family,
        files=Files(artifact=artifact, folder="", digest=digest, size_bytes=size_bytes),
        origin=Origin(
            base=_find_before(done, entry.name, entry.base, Variant) if entry.base else None,
            recipe=dict(entry.recipe),
            card=entry.card,
        ),
    )
    return Registered(entry, variant, is_new=True)


def _register_prompts(
    session: Session,
    _settings: Settings,
    entry: ShippedPrompts,
    _done: Mapping[str, Registered],
) -> Registered:
    lines = reading.read(entry.path.read_text("utf-8"))
    digest = written.digest(lines)
    known = session.scalars(
        select(PromptSet).where(PromptSet.digest == digest, PromptSet.source == FOLDER)
    ).first()
    if known is not None:
        return Registered(entry, known, is_new=False)
    name = _name(session, PromptSet, entry.name)
    made = prompts.add(session, name=name, lines=lines, source=FOLDER, actor=None)
    return Registered(entry, made, is_new=True)


def _register_benchmark(
    session: Session, settings: Settings, entry: ShippedBenchmark, done: Mapping[str, Registered]
) -> Registered:
    prompt_set = _find_before(done, entry.name, entry.prompts, PromptSet)
    text = entry.path.read_text("utf-8")
    known = session.scalars(
        select(Benchmark)
        .join(Artifact, Artifact.id == Benchmark.artifact_id)
        .where(
            Artifact.sha256 == hashlib.sha256(text.encode()).hexdigest(),
            Benchmark.prompt_set_id == prompt_set.id,
        )
    ).first()
    if known is not None:
        return Registered(entry, known, is_new=False)
    new = NewBenchmark(
        name=_name(session, Benchmark, entry.name),
        text=text,
        default_mode=entry.default_mode,
        prompt_set=prompt_set,
        source=FOLDER,
    )
    made = benchmarks.create(session, new, settings, actor=None)
    return Registered(entry, made, is_new=True)


def _register_dataset(
    session: Session, settings: Settings, entry: ShippedDataset, _done: Mapping[str, Registered]
) -> Registered:
    facts: dict[str, Any] = json.loads((entry.path / "dataset.json").read_text("utf-8"))
    known = session.scalars(
        select(Dataset).where(Dataset.digest == facts["digest"], Dataset.source == FOLDER)
    ).first()
    if known is not None:
        return Registered(entry, known, is_new=False)
    artifact = files.publish(session, settings, entry.path, "dataset", files.measure(entry.path))
    facts |= {"name": _name(session, Dataset, entry.name), "source": FOLDER}
    made = datasets.record(session, None, facts, artifact)
    return Registered(entry, made, is_new=True)


def _register_quiz(
    session: Session, settings: Settings, entry: ShippedQuiz, _done: Mapping[str, Registered]
) -> Registered:
    facts = json.loads((entry.path / "quiz.json").read_text("utf-8"))
    known = session.scalars(
        select(Benchmark).where(
            Benchmark.summary["digest"].astext == facts["digest"],
            Benchmark.summary["source"].astext == FOLDER,
        )
    ).first()
    if known is not None:
        return Registered(entry, known, is_new=False)
    lines = (entry.path / benchmarks.QUIZ_TABLE).read_text("utf-8").splitlines()
    new = NewQuiz(
        name=_name(session, Benchmark, entry.name),
        digest=facts["digest"],
        summary={"licence": facts["licence"], "counts": facts["counts"], "source": FOLDER},
        items=quizzes.read_items(json.loads(line) for line in lines),
    )
    artifact = files.publish(session, settings, entry.path, "quiz", files.measure(entry.path))
    return Registered(entry, quizzes.record(session, new, artifact, job=None), is_new=True)


def _register_knowledge(
    session: Session,
    _settings: Settings,
    entry: ShippedKnowledge,
    _done: Mapping[str, Registered],
) -> Registered:
    """Found again by what it was when it came: people may have changed it since."""
    facts = json.loads((entry.path / passages.FACTS_FILE).read_text("utf-8"))
    known = session.scalars(
        select(KnowledgeBase)
        .join(KnowledgeRevision, KnowledgeRevision.knowledge_base_id == KnowledgeBase.id)
        .where(
            KnowledgeRevision.digest == facts["digest"],
            KnowledgeRevision.made_by_id.is_(None),
            KnowledgeRevision.job_id.is_(None),
        )
    ).first()
    if known is not None:
        return Registered(entry, known, is_new=False)
    lines = (entry.path / passages.PASSAGES_FILE).read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    name = _name(session, KnowledgeBase, entry.name)
    made = knowledge.create(session, name=name, region=entry.region, actor=None)
    stated = [{field: row[field] for field in passages.STATED} for row in rows]
    curating.add_all(session, made.id, stated, actor=None)
    return Registered(entry, made, is_new=True)


_REGISTER: Mapping[type, Callable[[Session, Settings, Any, Mapping[str, Registered]], Registered]]
_REGISTER = {
    ShippedModel: _register_model,
    ShippedPrompts: _register_prompts,
    ShippedBenchmark: _register_benchmark,
    ShippedDataset: _register_dataset,
    ShippedQuiz: _register_quiz,
    ShippedKnowledge: _register_knowledge,
}


def _find_before(
    done: Mapping[str, Registered], name: str, wanted: str, table: type[shelf.Row]
) -> shelf.Row:
    found = done[wanted].row if wanted in done else None
    if not isinstance(found, table):
        raise EntryUnknown(name, wanted)
    return found


def _name(session: Session, table: type[Named], wanted: str) -> str:
    """Whoever took the name keeps it; what comes with the product gets a number."""
    (name,) = shelf.list_free_names(session, table, [wanted])
    return name
