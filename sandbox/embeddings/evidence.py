"""What a run of the embeddings arm shows: the merge that was chosen by retrieval on one half of the
pictures, and what it gains and keeps on the other; and how the merges answer questions with
options, on which nothing was chosen.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import evidence
from sandbox.evidence import LEAST_GAIN_OF_EMBEDDINGS, Evidence


def weigh(folders: Mapping[str, Path], *, alpha: float) -> Evidence:
    """`folders`: what the steps of the recipe wrote, by their names."""
    return evidence.weigh(
        folders["score-to-choose"],
        folders["score-to-report"],
        alpha=alpha,
        least_gain=LEAST_GAIN_OF_EMBEDDINGS,
    )


def list_languages(folder: Path) -> list[dict[str, Any]]:
    """The score of every variant by language and scope, both directions together."""
    facts = json.loads((folder / "scores.json").read_text("utf-8"))
    return [
        {
            "variant": each["variant"],
            "beta": each["beta"],
            "scope": each["scope"],
            "by_language": {
                label.partition(":")[2]: value
                for label, value in each["by_category"].items()
                if label.startswith("language:")
            },
        }
        for each in facts["variants"]
    ]


def list_choices(folder: Path) -> list[dict[str, Any]]:
    """Per cent right of every variant at questions with options."""
    facts = json.loads((folder / "scores.json").read_text("utf-8"))
    keys = ("variant", "beta", "scope", "score", "n_questions", "by_category")
    return [{key: each[key] for key in keys} for each in facts["variants"]]
