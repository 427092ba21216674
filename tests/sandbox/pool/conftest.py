from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ml.datasets import contents
from ml.progress import Silent
from sandbox.pool import drawing, truth
from specs.kinds.sandbox.sandbox_draw import SandboxDraw

SPEC = SandboxDraw(name="Small pool", num_pictures=600, regional_share=0.1, copy_share=0.1, seed=4)


@dataclass(frozen=True)
class Pool:
    folder: Path
    facts: dict[str, Any]
    rows: list[dict[str, Any]]
    truths: dict[str, dict[str, Any]]


def draw(spec: SandboxDraw, folder: Path) -> Pool:
    facts = drawing.draw_pool(
        spec, out_dir=folder / "out", state_dir=folder / "state", progress=Silent()
    )
    out = folder / "out"
    truths = {row["key"]: row for row in truth.read(out).to_pylist()}
    return Pool(out, facts, list(contents.iterate(out)), truths)


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return draw(SPEC, tmp_path_factory.mktemp("pool"))
