import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.machine import children
from cli.machine.folder import DataFolder


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with children.open_port("127.0.0.1", 0) as opened:
        yield opened


def plan(tmp_path: Path, listening: socket.socket, num_gpus: int) -> list[str]:
    folder = DataFolder.at(tmp_path)
    folder.make()
    members = children.plan(folder, {}, listening, num_gpus=num_gpus)
    return [member.name for member in members]


def test_without_a_gpu_one_worker_serves_both_queues(
    tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert plan(tmp_path, listening, 0) == ["worker", "beat", "web-1", "web-2"]


def test_each_gpu_has_a_worker_of_its_own(
    tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    names = plan(tmp_path, listening, 2)
    assert names == ["worker-cpu", "worker-gpu-0", "worker-gpu-1", "beat", "web-1"]


def test_a_large_machine_does_not_fill_its_memory_with_web_processes(
    tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    assert sum(name.startswith("web") for name in plan(tmp_path, listening, 0)) == 8


def test_an_accepted_connection_sends_small_packets_at_once(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(children.PortImpossible, match="between 0 and 65535"):
        children.open_port("127.0.0.1", port)


def test_a_name_that_nobody_knows_is_a_sentence() -> None:
    with pytest.raises(children.PortTaken, match=r"on no\.such\.host\.invalid cannot be used"):
        children.open_port("no.such.host.invalid", 0)
