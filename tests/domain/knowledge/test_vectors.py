"""Vectors in the database: the same ranks as a search in files, with and without pgvector."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.knowledge import errors, vectors
from domain.knowledge.models import ChunkVector, KnowledgeIndex
from domain.knowledge.vectors import Chunk
from tests.factories import make_knowledge_base, make_knowledge_index

Array = NDArray[np.float32]
LANGUAGES = ("en", "id", "th")


def draw(num: int, dim: int = 24, *, seed: int = 0) -> Array:
    found = np.random.default_rng(seed).standard_normal((num, dim)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def put(session: Session, values: Array) -> KnowledgeIndex:
    base = make_knowledge_base(session, "Soto.")
    num, dim = values.shape
    index = make_knowledge_index(session, base, num_chunks=num, dim=dim)
    chunks = [Chunk(id=f"c{at}", language=LANGUAGES[at % 3], country="ID") for at in range(num)]
    assert vectors.insert(session, index, chunks, values) == num
    return index


def search(values: Array, query: Array, k: int, rows: NDArray[np.int64] | None = None) -> list[str]:
    """All of them, in float64; of equal scores the earlier."""
    rows = np.arange(len(values)) if rows is None else rows
    scores = (values[rows] * query.astype(np.float64)).sum(axis=1)
    return [f"c{rows[at]}" for at in np.lexsort((rows, -scores))[:k]]


@pytest.fixture(autouse=True)
def no_extension(session: Session) -> None:
    """Other tests may have asked for it."""
    session.execute(text("DROP EXTENSION IF EXISTS vector"))


def test_numbers_come_back_as_they_were_put_in(session: Session) -> None:
    values = draw(5)
    values[0, :3] = (np.finfo(np.float32).tiny, -0.0, 1 / 3)
    index = put(session, values)
    row = session.get_one(ChunkVector, (index.id, 0))
    assert np.array(row.embedding, np.float32).tobytes() == values[0].tobytes()
    assert (row.chunk_id, row.language, row.country, row.region) == ("c0", "en", "ID", "")
    assert vectors.count(session, index) == 5


def test_a_server_that_gets_pgvector_later_searches_what_is_there_already(
    session: Session, pgvector_version: str
) -> None:
    values, queries = draw(3000), draw(20, seed=1)
    values[17] = values[400] = values[2999] = queries[3]  # equal scores
    index = put(session, values)
    assert session.scalar(text("SELECT to_regtype('vector')")) is None
    if not pgvector_version:
        assert not vectors.can_search(session)
        with pytest.raises(errors.NoVectorSearch, match="has no extension 'vector'"):
            list(vectors.rank(session, index, queries, k=5))
        return
    found = list(vectors.rank(session, index, queries, k=10))
    for query, ranked in zip(queries, found, strict=True):
        assert [near.chunk_id for near in ranked] == search(values, query, 10)
        assert ranked[0].score == pytest.approx(float(values[int(ranked[0].chunk_id[1:])] @ query))
    assert [near.chunk_id for near in found[3][:3]] == ["c17", "c400", "c2999"]


@pytest.mark.usefixtures("pgvector")
def test_a_search_is_narrowed_down_before_it_is_cut(session: Session) -> None:
    values, queries = draw(600), draw(4, seed=2)
    index = put(session, values)
    for at, language in enumerate(LANGUAGES):
        where = {"language": language, "country": "ID", "region": ""}
        found = vectors.rank(session, index, queries, k=5, where=where)
        for query, ranked in zip(queries, found, strict=True):
            expected = search(values, query, 5, np.arange(at, 600, 3))
            assert [near.chunk_id for near in ranked] == expected
    assert list(vectors.rank(session, index, queries[:1], k=5, where={"country": "TH"})) == [[]]


@pytest.mark.usefixtures("pgvector")
def test_many_that_are_equally_near_come_in_their_order(session: Session) -> None:
    """More of them than are looked at at first."""
    values = np.repeat(draw(2), 200, axis=0)
    index = put(session, values)
    (ranked,) = vectors.rank(session, index, values[:1], k=7)
    assert [near.chunk_id for near in ranked] == [f"c{at}" for at in range(7)]
    (whole,) = vectors.rank(session, index, values[:1], k=1000)
    assert [near.chunk_id for near in whole] == search(values, values[0], 400)


def test_an_account_that_may_not_add_extensions_searches_in_files(session: Session) -> None:
    session.execute(text("CREATE ROLE plain"))
    session.execute(text("SET LOCAL ROLE plain"))
    assert not vectors.can_search(session)
    session.execute(text("RESET ROLE"))


@pytest.mark.usefixtures("pgvector")
def test_queries_of_another_encoder_and_vectors_that_are_gone_are_told(session: Session) -> None:
    index = put(session, draw(5))
    with pytest.raises(errors.VectorsDiffer, match="vectors of 7 numbers"):
        list(vectors.rank(session, index, draw(1, 7), k=5))
    session.execute(text("DELETE FROM chunk_vectors WHERE position = 4"))
    with pytest.raises(errors.VectorsMissing, match="has 4 vectors in the database"):
        list(vectors.rank(session, index, draw(1), k=5))


def test_fewer_vectors_than_the_index_has_chunks_are_told(session: Session) -> None:
    index = make_knowledge_index(session, make_knowledge_base(session, "x"), num_chunks=3, dim=24)
    with pytest.raises(errors.VectorsMissing, match="it should have 3"):
        vectors.insert(session, index, [Chunk(id="a")], draw(1))
