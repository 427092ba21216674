"""The card of a model that was trained: what it is, what came out, and which settings it had."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specs.job import JobSpec


def write(out: Path, facts: Mapping[str, Any], spec: JobSpec, *about: str) -> None:
    """`about` are paragraphs that say what it is. `facts` has at least `name` and `notes`."""
    # Where it lay on this machine is nobody's business.
    private = {"name", *(each.name for each in spec.inputs)}
    settings = spec.model_dump(mode="json", exclude_defaults=True, exclude=private)
    told = [f"- {name}: {value}" for name, value in facts.items() if _is_plain(value)]
    changed = json.dumps(settings, ensure_ascii=False, indent=2)
    parts = [
        f"# {facts['name']}", *about, "\n".join(told), "Settings that differ from the defaults:",
        f"```json\n{changed}\n```", *(f"> {note}" for note in facts["notes"]),
    ]  # fmt: skip
    (out / "card.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""
