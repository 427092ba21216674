"""From rows to what the templates of knowledge need."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from babel.core import Locale
from fastapi import Query
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.requests import Request

from app import rendering
from app.datasets.pages import name_country, name_language
from app.jobs import choices
from domain.knowledge import queries
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex, KnowledgeRevision, Passage
from domain.knowledge.queries import FACETS
from domain.regions import service as regions
from domain.settings import Settings
from domain.shelf import queries as makers
from domain.users import queries as people
from domain.users.models import User

PASSAGES_PER_PAGE = 50
Choices = choices.Choices


class Wanted(BaseModel):
    """What narrows the list of passages, as the page's form spells it."""

    words: Annotated[str, Query(max_length=200)] = ""
    region: Annotated[str, Query(max_length=120)] = ""
    country: Annotated[str, Query(max_length=120)] = ""
    language: Annotated[str, Query(max_length=120)] = ""
    licence: Annotated[str, Query(max_length=120)] = ""
    after: Annotated[int, Query(ge=-1)] = -1

    @property
    def where(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in FACETS}

    @property
    def is_narrow(self) -> bool:
        return bool(self.words.strip()) or any(self.where.values())

    def make_query(self, after: int = -1) -> str:
        said = {"words": self.words.strip(), **self.where}
        values = {name: value for name, value in said.items() if value}
        return urlencode(values | ({"after": str(after)} if after >= 0 else {}))


@dataclass(frozen=True, kw_only=True)
class PassageList:
    rows: Sequence[Passage]
    wanted: Wanted
    next_query: str | None
    first_query: str | None


@dataclass(frozen=True, kw_only=True)
class BasePage:
    base: KnowledgeBase
    maker: User | None
    counts: Mapping[str, Mapping[str, int]]
    choices: Mapping[str, Choices]  # by what a list may be narrowed
    region_name: str
    indexes: Sequence[KnowledgeIndex]
    revisions: Sequence[KnowledgeRevision]
    people: Mapping[uuid.UUID, str]


def list_passages(session: Session, base: KnowledgeBase, wanted: Wanted) -> PassageList:
    rows = queries.list_passages(
        session,
        base.id,
        words=wanted.words.strip(),
        where=wanted.where,
        after=wanted.after,
        limit=PASSAGES_PER_PAGE + 1,
    )
    shown = rows[:PASSAGES_PER_PAGE]
    has_more = len(rows) > PASSAGES_PER_PAGE
    return PassageList(
        rows=shown,
        wanted=wanted,
        next_query=wanted.make_query(shown[-1].position) if has_more else None,
        first_query=wanted.make_query() if wanted.after >= 0 else None,
    )


def describe(
    session: Session, request: Request, settings: Settings, base: KnowledgeBase
) -> BasePage:
    counts = queries.count_by(session, base.id)
    revisions = queries.list_revisions(session, base.id)
    names = dict(list_regions(request, settings))
    return BasePage(
        base=base,
        maker=makers.find_maker(session, base),
        counts=counts,
        choices=_list_choices(request, counts, names),
        region_name=names.get(base.region, base.region),
        indexes=queries.list_indexes(session, base.id),
        revisions=revisions,
        people=people.name_by_id(session, [each.made_by_id for each in revisions]),
    )


def _list_choices(
    request: Request, counts: Mapping[str, Mapping[str, int]], regions_by_key: Mapping[str, str]
) -> dict[str, Choices]:
    """What passages state, in words."""
    reader = Locale.parse(rendering.choose_language(request).code)
    return {
        "region": [(key, regions_by_key.get(key, key)) for key in counts["region"]],
        "country": [(code, name_country(code, reader)) for code in counts["country"]],
        "language": [(code, name_language(code, reader)) for code in counts["language"]],
        "licence": [(value, value) for value in counts["licence"]],
    }


def list_regions(request: Request, settings: Settings) -> Choices:
    language = rendering.choose_language(request).code
    found = regions.list_regions(settings)
    return [(each.key, each.names.get(language, each.names["en"])) for each in found]
