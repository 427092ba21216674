"""Exact search beside the one product that it cannot do without.

    .venv/bin/python -m benchmarks.retrieval

100,000 vectors and some questions: numpy multiplies the same arrays at once, without finding out
what is nearest, and our search finds the nearest 100 of each. Both alternate in one process, so
what counts is the ratio of the medians; the seconds depend on the machine. What is found is
compared with a full sort in float64.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.retrieval import exact, tokens
from ml.retrieval.bm25 import Bm25

MAX_TIMES_PRODUCT = 1.5
K = 100
SIZES = ((1, 384), (16, 384), (128, 384), (16, 768), (128, 768))  # questions, width
SMALL = ((1, 16), (8, 16))


@dataclass(frozen=True)
class Row:
    num_queries: int
    width: int
    product_s: float
    search_s: float

    @property
    def ratio(self) -> float:
        return self.search_s / self.product_s


def make(generator: np.random.Generator, rows: int, width: int) -> NDArray[np.float32]:
    found = generator.normal(size=(rows, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def measure(num_vectors: int, num_queries: int, width: int, rounds: int) -> Row:
    generator = np.random.default_rng(0)
    vectors, queries = make(generator, num_vectors, width), make(generator, num_queries, width)
    times: dict[str, list[float]] = {"product": [], "search": []}

    def take(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        times[name].append(time.perf_counter() - began)

    check(vectors, queries[: min(4, num_queries)])
    for _ in range(rounds):
        take("product", lambda: queries @ vectors.T)
        take("search", lambda: exact.search(vectors, queries, K))
    return Row(
        num_queries, width, statistics.median(times["product"]), statistics.median(times["search"])
    )


def check(vectors: NDArray[np.float32], queries: NDArray[np.float32]) -> None:
    for query, found in zip(queries, exact.search(vectors, queries, K), strict=True):
        scores = (vectors * query.astype(np.float64)).sum(axis=1)
        if found.rows.tolist() != np.argsort(-scores, kind="stable")[:K].tolist():
            sys.exit("What was found is not what a full sort finds.")


def measure_words(num_chunks: int) -> tuple[float, float]:
    """Seconds to index chunks of 100 words, and milliseconds to score them all for a question."""
    generator = np.random.default_rng(0)
    numbers = generator.zipf(1.3, size=(num_chunks, 100)) % 50_000
    texts = [" ".join(f"w{number}" for number in row) for row in numbers]
    began = time.perf_counter()
    bm25 = Bm25([tokens.tokenize(text) for text in texts])
    indexing = time.perf_counter() - began
    began = time.perf_counter()
    for text in texts[:100]:
        bm25.score(text.split()[:12])
    return indexing, (time.perf_counter() - began) * 1000 / min(100, num_chunks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--small", action="store_true", help="Few vectors, and no limit.")
    arguments = parser.parse_args()
    num_vectors = 5_000 if arguments.small else 100_000
    rows = [
        measure(num_vectors, *size, 3 if arguments.small else arguments.rounds)
        for size in (SMALL if arguments.small else SIZES)
    ]
    indexing, asking = measure_words(200 if arguments.small else 20_000)
    print(
        f"## Retrieval\n\nThe nearest {K} of {num_vectors:,} vectors in float32, exactly, beside "
        "one product of the same arrays in numpy.\n"
    )
    print("| questions x width | product, ms | search, ms | search / product | limit |")
    print("|---|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row.num_queries} x {row.width} | {row.product_s * 1000:.1f} | "
            f"{row.search_s * 1000:.1f} | {row.ratio:.2f} | {MAX_TIMES_PRODUCT} |"
        )
    print(
        f"\nWords: {200 if arguments.small else 20_000:,} chunks of 100 words are indexed in "
        f"{indexing:.1f} s and scored in {asking:.2f} ms a question."
    )
    sys.exit(not arguments.small and max(row.ratio for row in rows) > MAX_TIMES_PRODUCT)


if __name__ == "__main__":
    main()
