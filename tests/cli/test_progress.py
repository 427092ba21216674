import signal
from collections.abc import Iterator

import pytest

from cli.terminal.progress import watching
from ml.progress import Stopped


@pytest.fixture
def _not_ignored() -> Iterator[None]:
    """A shell lets what it starts in the background ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_not_ignored")
def test_the_first_ctrl_c_asks_to_stop_and_the_second_ends_the_command() -> None:
    with watching("Work") as progress:
        progress.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Stopped):
            progress.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with watching("Work"):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_where_nobody_watches_not_every_report_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with watching("Work") as progress:
        for done in range(1000):
            progress.update(done, 1000, unit="items", metrics={"loss": 0.5})
    assert len(capsys.readouterr().err.splitlines()) <= 1
