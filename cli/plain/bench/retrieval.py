"""`ggez bench retrieval`: pictures and texts, each looked for by the other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.plain.bench import embeddings
from cli.terminal import output
from stats.retrieval.measures import MEASURES


def _show(result: Mapping[str, Any], out: Path) -> None:
    output.print_table(
        ("variant", "scope", "direction", "language", *MEASURES, "queries", "among"),
        [
            (
                each["variant"],
                each["scope"],
                row["direction"],
                row["language"] or "-",
                *(embeddings.as_score(row[name]) for name in MEASURES),
                row["n_queries"],
                row["n_candidates"],
            )
            for each in result["variants"]
            for row in each["rows"]
        ],
    )
    embeddings.tell(result, out)


retrieval = embeddings.make(
    "retrieval",
    says="Find texts by pictures and pictures by texts, with an encoder or a sweep of two.\n\nEach "
    "is looked for among all of the same language and scope. Wrong candidates with the same score "
    "stand before the right one. docs/embeddings.md says more.",
    epilog="Example: ggez bench retrieval --base clip --dataset plates --out found",
    takes=("dataset", "quiz"),
    show=_show,
)
