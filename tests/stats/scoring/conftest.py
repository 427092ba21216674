import gzip
from pathlib import Path

import pytest

from stats.scoring import questions
from stats.scoring.questions import QuestionSet

_DSG = Path(__file__).parents[2] / "data" / "dsg" / "dsg-1k-anns.csv.gz"


@pytest.fixture(scope="session")
def dsg_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DSG's published question file, as it is."""
    path = tmp_path_factory.mktemp("dsg") / "dsg-1k-anns.csv"
    path.write_bytes(gzip.decompress(_DSG.read_bytes()))
    return path


@pytest.fixture(scope="session")
def dsg(dsg_file: Path) -> QuestionSet:
    return questions.read(dsg_file)
