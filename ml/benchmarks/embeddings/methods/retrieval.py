"""Texts of pictures and pictures of texts, among all of the same language and scope.

The rule for ties is that of `stats.retrieval.ranking`: wrong candidates stand first.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from ml.benchmarks import ties
from ml.benchmarks.answers import questions
from ml.benchmarks.embeddings import phrases
from ml.benchmarks.embeddings.phrases import Phrase
from ml.benchmarks.embeddings.plan import Table
from ml.benchmarks.embeddings.pools import Pair, Pool
from ml.benchmarks.embeddings.sources import DatasetSource, QuizSource, Source
from ml.benchmarks.embeddings.vectors import Found
from ml.benchmarks.problems import BenchmarkImpossible
from ml.benchmarks.tally import Measured
from ml.benchmarks.ties import Tie
from ml.datasets.languages import spell
from ml.datasets.problems import shown
from specs.embeddings.retrieval import Retrieval
from stats.retrieval.measures import MEASURES
from stats.retrieval.score import Query, Retrieved

_PLACE = ("variant", "beta", "scope", "direction", "language")
_FEW = 10  # candidates: R@10 finds everything among them


@dataclass(frozen=True, kw_only=True)
class Retrieving:
    source: Source
    measure_name: str
    pairs: Sequence[Pair]
    left_out: Mapping[str, int] = field(default_factory=dict)  # counts, by why
    mode: str = "retrieval"

    @property
    def metric(self) -> str:
        return self.measure_name

    @property
    def pictures(self) -> Sequence[str]:
        return list(dict.fromkeys(pair.picture for pair in self.pairs))

    @property
    def phrases(self) -> Sequence[Phrase]:
        return list(dict.fromkeys(pair.phrase for pair in self.pairs))

    @cached_property
    def pools(self) -> Sequence[Pool]:
        sorted_: dict[tuple[str, str], list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            sorted_[pair.scope, pair.language].append(pair)
        return [Pool(*place, pairs) for place, pairs in sorted(sorted_.items())]

    @property
    def ties(self) -> Mapping[str, Tie]:
        return dict(each for pool in self.pools for each in pool.list_ties())

    def measure(self, found: Found) -> Mapping[str, Retrieved]:
        queries: dict[str, list[Query]] = defaultdict(list)
        for pool in self.pools:
            queries[pool.scope] += pool.list_queries(found)
        return {
            scope: Retrieved(measure=self.measure_name, queries=each)
            for scope, each in queries.items()
        }

    def describe(self) -> Mapping[str, Any]:
        pools = [
            {
                "scope": pool.scope,
                "language": pool.language,
                "n_pictures": len(pool.pictures),
                "n_texts": len(pool.texts),
            }
            for pool in self.pools
        ]
        return {"pools": pools, "left_out": dict(self.left_out)}

    def list_notes(self) -> Sequence[str]:
        has_scopes = len({pool.scope for pool in self.pools}) > 1
        return [
            f"In '{pool.language or 'no language'}'{f' ({pool.scope})' if has_scopes else ''} "
            f"there are only {len(pool.pictures)} pictures and {len(pool.texts)} texts: among "
            f"{_FEW} or fewer candidates everything is found within ten."
            for pool in self.pools
            if min(len(pool.pictures), len(pool.texts)) <= _FEW
        ]

    def list_tables(self, measured: Sequence[Measured]) -> Sequence[Table]:
        return [
            Table(
                name="retrieval.csv",
                header=(*_PLACE, "n_queries", "n_candidates", *MEASURES),
                rows=_list_rows(measured),
            ),
            Table(
                name="ranks.csv",
                header=(*_PLACE, "item_id", "rank", "n_candidates"),
                rows=_list_ranks(measured),
            ),
        ]


def _list_rows(measured: Sequence[Measured]) -> Iterator[Sequence[object]]:
    for each in measured:
        for row in cast("Retrieved", each.scored).list_rows():
            place = (each.variant, each.beta, each.scope, row.direction, row.language)
            yield *place, row.num_queries, row.num_candidates, *map(repr, row.values.values())


def _list_ranks(measured: Sequence[Measured]) -> Iterator[Sequence[object]]:
    for each in measured:
        for query in cast("Retrieved", each.scored).queries:
            place = (each.variant, each.beta, each.scope, query.direction, query.language)
            yield *place, query.name, query.rank, query.num_candidates


def plan(method: Retrieval, scope: str, *, dataset: Path | None, quiz: Path | None) -> Retrieving:
    if dataset is not None and quiz is None:
        return _plan_dataset(method, scope, dataset)
    if quiz is not None and dataset is None:
        return _plan_quiz(method, scope, quiz)
    raise BenchmarkImpossible("Retrieval is over a data set or over a quiz: name one of them.")


def _plan_dataset(method: Retrieval, scope: str, folder: Path) -> Retrieving:
    source = DatasetSource(folder)
    said = [entry for entry in source.entries if entry.caption.strip()]
    if not said:
        raise BenchmarkImpossible(f"No picture of '{shown(folder.name)}' has a caption.")
    pairs = [
        Pair(
            key=entry.key,
            picture=entry.sha256,
            phrase=(entry.caption.strip(),),
            language=spell(entry.language),
            scope=entry.find_scope(scope),
            tie=(entry.sha256, entry.sha256),
            labels=entry.list_labels(),
        )
        for entry in said
    ]
    silent = len(source.entries) - len(said)
    return Retrieving(
        source=source,
        measure_name=method.measure,
        pairs=pairs,
        left_out={"without a caption": silent} if silent else {},
    )


def _plan_quiz(method: Retrieval, scope: str, folder: Path) -> Retrieving:
    """The right option, in the wording of the method, is the text of the picture."""
    source = QuizSource(folder)
    choices = source.choices
    pairs = [
        Pair(
            key=item.key,
            picture=item.sha256,
            phrase=phrases.write(
                method.templates, question=item.question, option=item.options[item.answer or 0]
            ),
            language=spell(item.language),
            scope=item.scope if scope == "auto" else scope,
            tie=ties.find(item),
            labels=tuple(questions.list_labels(item)),
        )
        for item in choices
    ]
    others = len(source.quiz.items) - len(choices)
    return Retrieving(
        source=source,
        measure_name=method.measure,
        pairs=pairs,
        left_out={"without options or a picture": others} if others else {},
    )
