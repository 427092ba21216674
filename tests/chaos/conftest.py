from collections.abc import Iterator

import pytest

from tests.chaos import installation as installations
from tests.chaos.installation import Installation


@pytest.fixture(scope="module")
def _servers() -> Iterator[Installation]:
    with installations.running() as made:
        yield made


@pytest.fixture
def installation(_servers: Installation) -> Iterator[Installation]:
    """Servers that run and an empty database; workers and beat are the test's to start."""
    yield _servers
    _servers.clear()
