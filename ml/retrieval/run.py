"""knowledge.index, questions.embed and knowledge.retrieve: from passages to what is found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

from ml import devices, files
from ml.datasets import confinement
from ml.datasets.problems import UnfitItem, shown
from ml.loading import sentences
from ml.loading.sentences import TextEncoder
from ml.progress import Progress, word
from ml.retrieval import chunking, embedding, folders, questions, tokens
from ml.retrieval.folders import Chunk, Index, Passage
from ml.retrieval.problems import CannotRetrieve
from ml.retrieval.ranking import Hit
from ml.retrieval.searching import Search
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve
from specs.kinds.questions.questions_embed import QuestionsEmbed

FOUND, RETRIEVAL = "passages.jsonl", "retrieval.json"
_MOST_NAMED = 20  # in a result, which is kept in a database; the file names all


class Given(TypedDict, total=False):
    """What `retrieve` may be handed. `ranks` are those by vectors, of whoever keeps the vectors in
    a database: see ranking.read_ranks.
    """

    quiz: Path | None
    prompts: Path | None
    queries: Path | None
    ranks: Path | None


def index(
    spec: KnowledgeIndex,
    *,
    knowledge: Path,
    encoder: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    base = folders.read_facts(knowledge)
    passages = folders.read_passages(knowledge)
    chunks = cut(passages, spec)
    if not chunks:
        raise CannotRetrieve(
            f"The knowledge base '{shown(base['name'])}' holds no words: the texts of its "
            f"{len(passages):,} passages are empty."
        )
    facts: dict[str, Any] = {
        **base,
        **_describe_cutting(spec),
        "num_passages": len(passages),
        "num_empty": len(passages) - len({chunk.passage_id for chunk in chunks}),
        "num_chunks": len(chunks),
        "encoder": None,
        "dim": 0,
        "num_cut": 0,
    }
    if encoder is not None:
        loaded = _open(encoder, spec)
        texts = [
            _prefix(spec.passage_prefix, chunk.say(with_title=spec.with_title)) for chunk in chunks
        ]
        vectors = embedding.embed(loaded, texts, state_dir, progress)
        folders.write_vectors(out_dir, vectors)
        facts |= {"encoder": loaded.describe(), "dim": vectors.shape[1]}
        facts["num_cut"] = loaded.count_cut(texts)
    _copy(knowledge, out_dir, passages)
    folders.write_rows(out_dir / folders.CHUNKS, (chunk.model_dump() for chunk in chunks))
    # The last: who finds it finds all of the index.
    files.write_json(out_dir / folders.INDEX, facts)
    return facts


def embed_questions(
    spec: QuestionsEmbed,
    *,
    encoder: Path,
    quiz: Path | None = None,
    prompts: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    asked = questions.read(quiz, prompts, spec.query_text)
    loaded = _open(encoder, spec)
    texts = [_prefix(spec.query_prefix, query.text) for query in asked]
    vectors = embedding.embed(loaded, texts, state_dir, progress)
    facts = {
        "encoder": loaded.describe(),
        "query_text": spec.query_text,
        "query_prefix": spec.query_prefix,
        "num_queries": len(asked),
        "dim": vectors.shape[1],
        "num_cut": loaded.count_cut(texts),
    }
    questions.write_vectors(out_dir, asked, vectors, facts)
    return facts


def retrieve(
    spec: KnowledgeRetrieve,
    *,
    knowledge: Path,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - it takes seconds, and begins anew
    progress: Progress,
    **given: Unpack[Given],
) -> dict[str, Any]:
    index = folders.read_index(knowledge)
    asked = questions.read(given.get("quiz"), given.get("prompts"), spec.query_text)
    search = Search(index, asked, spec)
    search.find_dense(given.get("queries"), given.get("ranks"))
    rows, empty = [], []
    for done, query in enumerate(asked):
        progress.check()
        progress.update(done, len(asked), unit=word("questions"), message=word("Searching"))
        hits, reason = search.find(query)
        rows.append({"key": query.key, "passages": [_describe(index, hit) for hit in hits]})
        empty += [{"key": query.key, "reason": reason}] if reason else []
    facts = search.describe() | {"num_empty": len(empty), "empty": empty}
    folders.write_rows(out_dir / FOUND, rows)
    files.write_json(out_dir / RETRIEVAL, facts)
    return facts | {"empty": empty[:_MOST_NAMED]}


def cut(passages: Sequence[Passage], spec: KnowledgeIndex) -> list[Chunk]:
    """In the order of their ids: of equal scores the earlier one is first."""
    chunks = [
        Chunk(
            id=f"{passage.id}#{number:04d}",
            passage_id=passage.id,
            text=passage.text[start:end],
            start=start,
            end=end,
            **{name: getattr(passage, name) for name in folders.KEPT},
        )
        for passage in passages
        for number, (start, end) in enumerate(
            chunking.split(
                passage.text, size=spec.chunk_characters, overlap=spec.overlap_characters
            )
        )
    ]
    return sorted(chunks, key=lambda chunk: chunk.id)


def _describe_cutting(spec: KnowledgeIndex) -> dict[str, Any]:
    return {
        "chunk_characters": spec.chunk_characters,
        "overlap_characters": spec.overlap_characters,
        "with_title": spec.with_title,
        "passage_prefix": spec.passage_prefix,
        "tokenizer": tokens.describe(),
    }


def _prefix(prefix: str, text: str) -> str:
    """Forms strip what people write, so the blank is not theirs to give."""
    return f"{prefix.strip()} {text}" if prefix.strip() else text


def _open(folder: Path, spec: KnowledgeIndex | QuestionsEmbed) -> TextEncoder:
    device = devices.choose(spec.device).device
    return sentences.open_text_encoder(folder, device=device, batch_size=spec.batch_size)


def _copy(source: Path, target: Path, passages: Sequence[Passage]) -> None:
    """The base itself, so that the index is one as well."""
    files.place(source / folders.FACTS, target / folders.FACTS)
    files.place(source / folders.PASSAGES, target / folders.PASSAGES)
    root = source.resolve()
    for picture in sorted({passage.picture for passage in passages if passage.picture}):
        try:
            found = confinement.resolve(root, picture)
        except UnfitItem as unfit:
            raise CannotRetrieve(f"A passage's picture cannot be used. {unfit}") from unfit
        files.place(found, target / found.relative_to(root))


def _describe(index: Index, hit: Hit) -> Mapping[str, Any]:
    chunk = index.chunks[hit.row]
    return {
        "id": chunk.passage_id,
        "chunk_id": chunk.id,
        "text": chunk.text,
        **{name: getattr(chunk, name) for name in folders.KEPT},
        "start": chunk.start,
        "end": chunk.end,
        "score": hit.score,
        "lexical_rank": hit.lexical_rank,
        "dense_rank": hit.dense_rank,
    }
