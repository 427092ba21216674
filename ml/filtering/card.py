"""The data card: what a data set holds, where it is from, and how it was chosen, for people."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

_MOST_VALUES = 20


def write(facts: Mapping[str, Any]) -> str:
    """Markdown, from what dataset.json says."""
    blocks = [
        f"# {_plain(facts['name'])}",
        _introduce(facts),
        *_describe_funnel(facts["funnel"]),
        *_describe_stages(facts["stages"]),
        *_describe_findings(facts),
        *_describe_models(facts["models"]),
        *_describe_counts(facts["counts"]),
        "## Versions",
        _list([f"{name} {version}" for name, version in facts["versions"].items()]),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _introduce(facts: Mapping[str, Any]) -> str:
    told = [
        (
            f"{facts['num_items']:,} pictures with captions ({facts['size_bytes'] / 1e6:,.1f} MB), "
            f"filtered from '{_plain(facts['source_name'])}'; {facts['num_rejected']:,} rows were "
            "rejected and are listed with their reasons in `rejected-*.parquet`."
        ),
        f"Licence of rows that name none: {_plain(facts['licence']) or 'not known'}.",
        f"Region: {facts['region']}." if facts["region"] else "",
        f"Digest: `{facts['digest']}`.",
        f"Digest of the source: `{facts['source_digest']}`." if facts["source_digest"] else "",
        *facts["notes"],
    ]
    return "\n".join(line for line in told if line)


def _describe_funnel(funnel: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [
        [
            entry["stage"],
            f"{entry['in']:,}",
            f"{entry['kept']:,}",
            ", ".join(f"{code} {num:,}" for code, num in entry["reasons"].items()),
        ]
        for entry in funnel
    ]
    return ["## Funnel", _table(["Stage", "In", "Kept", "Reasons"], rows)]


def _describe_stages(stages: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [
        [
            stage["method"],
            ", ".join(
                f"{name} = {json.dumps(value, ensure_ascii=False)}"
                for name, value in stage.items()
                if name != "method"
            ),
        ]
        for stage in stages
    ]
    return ["## Thresholds", _table(["Stage", "Set to"], rows)]


def _describe_findings(facts: Mapping[str, Any]) -> list[str]:
    found = []
    if "calibration" in facts:
        found += ["## Calibration of the reward", facts["calibration"]["sentence"]]
    if "similarity" in facts:
        known = facts["similarity"]
        sentence = (
            f"The {known['pooling']} cosine to {known['references']:,} references "
            f"({known['against']})."
        )
        found += ["## Similarity", sentence]
    return found


def _describe_models(models: Sequence[Mapping[str, Any]]) -> list[str]:
    if not models:
        return []
    rows = [[_plain(each["name"]), each["family"], f"`{each['digest']}`"] for each in models]
    return ["## Models", _table(["Model", "Family", "SHA-256 of its folder"], rows)]


def _describe_counts(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    blocks = []
    for name in ("licence", "country", "language", "side", "format", "split"):
        values = list(counts.get(name, {}).items())
        if not values:
            continue
        rows = [[_plain(value) or "(none)", f"{num:,}"] for value, num in values[:_MOST_VALUES]]
        if len(values) > _MOST_VALUES:
            rest = sum(num for _, num in values[_MOST_VALUES:])
            rows.append([f"{len(values) - _MOST_VALUES:,} more", f"{rest:,}"])
        blocks += [f"## By {name}", _table([name.capitalize(), "Rows"], rows)]
    return blocks


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _list(entries: Sequence[str]) -> str:
    return "\n".join(f"- {entry}" for entry in entries)


def _plain(text: str) -> str:
    """What comes from rows must not change the card's form."""
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
