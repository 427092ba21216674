import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import tiny_models


@pytest.fixture(scope="session")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sdxl(tmp_path_factory.mktemp("models") / "sdxl")


@pytest.fixture(scope="session")
def sd15(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sd15(tmp_path_factory.mktemp("models") / "sd15")


@pytest.fixture
def copy(sdxl: Path, tmp_path: Path) -> Callable[[], Path]:
    """A tiny SDXL pipeline to spoil."""
    return lambda: Path(shutil.copytree(sdxl, tmp_path / "model"))
