import os
import subprocess
from pathlib import Path

import psutil
import pytest
import redis as redis_library

from cli.embedded import process, redis


def test_it_listens_on_a_private_socket_and_on_no_port(tmp_path: Path) -> None:
    server = redis.Redis(folder=tmp_path / "redis", socket=tmp_path / "redis.sock")
    running = server.start(output=subprocess.DEVNULL)
    try:
        server.wait_until_ready(running)
        assert server.socket.stat().st_mode & 0o777 == 0o700
        assert psutil.Process(running.pid).net_connections(kind="inet") == []
    finally:
        assert process.stop(running, redis.STOP_SIGNAL, grace_s=10)


def test_a_path_too_long_for_a_socket_gets_a_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    socket = redis.choose_socket(deep)
    try:
        assert len(os.fsencode(socket)) <= 107
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        assert redis.choose_socket(deep) == socket, "the same data folder, the same socket"
        assert redis.choose_socket(deep / "f") != socket
    finally:
        socket.parent.rmdir()
        redis.choose_socket(deep / "f").parent.rmdir()


def test_a_socket_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    folder = redis.choose_socket(deep).parent
    try:
        folder.chmod(0o777)
        with pytest.raises(redis.SocketFolderNotOurs, match=str(folder)):
            redis.choose_socket(deep)
    finally:
        folder.rmdir()


def test_a_file_cut_off_by_a_crash_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    server = redis.Redis(folder=tmp_path / "redis", socket=tmp_path / "redis.sock")
    for attempt in range(2):
        running = server.start(output=subprocess.DEVNULL)
        server.wait_until_ready(running)
        with redis_library.Redis.from_url(server.url, decode_responses=True) as client:
            if attempt == 0:
                client.set("first", "kept")
                client.set("second", "torn")
            else:
                assert client.get("first") == "kept"
        running.kill()
        running.wait()
        log = server.folder / "appendonly.aof"
        if attempt == 0 and log.exists():
            log.write_bytes(log.read_bytes()[:-3])


def test_without_any_redis_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(redis.RedisMissing, match="apt-get install redis-server"):
        redis.find_binary()
