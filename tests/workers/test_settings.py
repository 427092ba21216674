import pytest
from pydantic import ValidationError

from workers.settings import WorkerSettings


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEZ_QUEUES", "cpu, gpu.a100,")
    monkeypatch.setenv("GGEZ_PRELOAD", "")
    settings = WorkerSettings()
    assert settings.queues == ("cpu", "gpu.a100")
    assert settings.preload == ()


def test_a_lease_lasts_for_at_least_two_heartbeats() -> None:
    with pytest.raises(ValidationError, match="at least two heartbeats"):
        WorkerSettings(lease_s=10, heartbeat_s=9)
