"""One index, searched for many questions by the method that was asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.datasets.problems import shown
from ml.retrieval import questions, ranking, tokens
from ml.retrieval.bm25 import Bm25
from ml.retrieval.folders import FILTERS, Index
from ml.retrieval.problems import CannotRetrieve
from ml.retrieval.questions import Query, QueryVectors
from ml.retrieval.ranking import NOTHING, Hit, Ranked
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve

NO_WORDS = "It has no letters and no digits."
NO_SHARED_WORDS = "None of its words stands in a passage that is searched."


class Search:
    def __init__(self, index: Index, asked: Sequence[Query], spec: KnowledgeRetrieve) -> None:
        self.index, self.asked, self.spec = index, asked, spec
        self.rows = ranking.choose_rows(index, spec)
        self._bm25 = None
        if spec.method != "dense":
            # Frequencies are those of the whole base, whatever the filters let through.
            documents = [
                tokens.tokenize(chunk.say(with_title=index.with_title)) for chunk in index.chunks
            ]
            self._bm25 = Bm25(documents, k1=spec.bm25_k1, b=spec.bm25_b)
        self._dense: Mapping[str, Ranked] = {}
        self._ranked_by = "nobody"
        self._num_wordless = 0

    def find_dense(self, queries: Path | None, ranks: Path | None) -> None:
        """Of all questions at once."""
        if self.spec.method == "lexical":
            if queries is not None or ranks is not None:
                raise CannotRetrieve("The method 'lexical' has no use for vectors; leave them out.")
            return
        if queries is None:
            raise CannotRetrieve(
                f"The method '{self.spec.method}' needs vectors of the questions (questions.embed)"
                ", and none were given; the method 'lexical' needs none."
            )
        found = questions.read_vectors(queries)
        check_encoder(self.index, found, self.asked)
        keys = [query.key for query in self.asked]
        given = (self.index, self.rows)
        if ranks is not None:
            self._ranked_by = "file"
            self._dense = ranking.read_ranks(ranks, *given, keys, self.spec.depth)
        else:
            self._ranked_by = "search"
            self._dense = ranking.rank_by_vectors(*given, found, keys, self.spec.depth)

    def find(self, query: Query) -> tuple[list[Hit], str]:
        """The best passages; and if there are none, why."""
        words = tokens.tokenize(query.text) if self._bm25 is not None else []
        self._num_wordless += self._bm25 is not None and not words
        lexical = self._rank_by_words(words)
        hits = ranking.join(lexical, self._dense.get(query.key, NOTHING), self.spec)
        best = ranking.choose(hits, self.index, self.spec)
        if best:
            return best, ""
        return [], NO_SHARED_WORDS if words else NO_WORDS

    def _rank_by_words(self, words: Sequence[str]) -> Ranked:
        if self._bm25 is None:
            return NOTHING
        scores = self._bm25.score(words)[self.rows]
        order = np.lexsort((self.rows, -scores))[: self.spec.depth]
        order = order[scores[order] > 0]
        return Ranked(rows=self.rows[order].tolist(), scores=scores[order].tolist())

    def describe(self) -> dict[str, Any]:
        spec, facts = self.spec, self.index.facts
        return {
            "knowledge": {"name": facts.get("name", ""), "digest": facts.get("digest", "")},
            "num_chunks": len(self.index.chunks),
            "num_chunks_searched": len(self.rows),
            "method": spec.method,
            "num_passages": spec.num_passages,
            "one_per_passage": spec.one_per_passage,
            "filters": {name: getattr(spec, name) for name in FILTERS},
            "query_text": spec.query_text,
            "depth": spec.depth,
            "rrf_k": spec.rrf_k,
            "bm25": {"k1": spec.bm25_k1, "b": spec.bm25_b},
            "tokenizer": tokens.describe(),
            "encoder": None if spec.method == "lexical" else self.index.encoder,
            "ranked_by_vectors": self._ranked_by,
            "num_queries": len(self.asked),
            "num_wordless": self._num_wordless,
        }


def check_encoder(index: Index, found: QueryVectors, queries: Sequence[Query]) -> None:
    """Vectors of two encoders have nothing to do with each other."""
    made: Mapping[str, Any] | None = index.encoder
    if made is None:
        raise CannotRetrieve(
            "The knowledge base was indexed without an encoder: it can be searched by words only "
            "(method 'lexical')."
        )
    if made["digest"] != found.encoder.get("digest"):
        raise CannotRetrieve(
            f"The knowledge base was indexed by the encoder '{shown(made['name'])}' "
            f"({made['digest'][:8]}), the questions were embedded by "
            f"'{shown(found.encoder.get('name'))}' "
            f"({str(found.encoder.get('digest'))[:8]}): take one for both."
        )
    missing = [query.key for query in queries if query.key not in found.rows]
    if missing:
        raise CannotRetrieve(
            f"{len(missing):,} questions have no vector, such as '{shown(missing[0])}': embed the "
            "same quiz or prompts that passages are to be found for."
        )
