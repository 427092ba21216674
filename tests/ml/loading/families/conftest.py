from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from ml.devices import Computing
from ml.loading.families import registry
from ml.loading.speaking.speaker import Speaker
from ml.loading.speaking.turns import Turn
from tests import tiny_speakers

CPU = Computing("cpu", "fp32", 1)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny model of each family, made when it is first asked for."""
    root = tmp_path_factory.mktemp("speakers")

    def find(name: str) -> Path:
        folder = root / name
        return folder if folder.exists() else tiny_speakers.BUILDERS[name](folder)

    return find


@pytest.fixture(scope="session")
def speak(folders: Callable[[str], Path]) -> Callable[[str], Speaker]:
    loaded: dict[str, Speaker] = {}

    def find(name: str) -> Speaker:
        if name not in loaded:
            loaded[name] = registry.load(folders(name), CPU)
        return loaded[name]

    return find


@pytest.fixture(scope="session")
def turns() -> list[Turn]:
    """Of different lengths, with pictures of different shapes, and one without."""
    noise = Image.effect_noise((90, 33), 50).convert("RGB")
    return [
        Turn(text="What is it?", picture=Image.new("RGB", (40, 48), (200, 30, 20))),
        Turn(text="Which of these dishes is eaten at breakfast?"),
        Turn(text="Where?", picture=noise, system="You look closely."),
    ]
