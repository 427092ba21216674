import multiprocessing
import os
from pathlib import Path

from workers.joblog import JobLog


def write(path: Path, *chunks: bytes, cap_kb: int = 256) -> bytes:
    pipe, end = multiprocessing.Pipe(duplex=False)
    log = JobLog(path, pipe, cap_kb=cap_kb)
    log.start()
    for chunk in chunks:
        os.write(end.fileno(), chunk)
    end.close()
    log.join(timeout=5)
    assert not log.is_alive()
    return path.read_bytes()


def test_everything_is_kept_while_there_is_room(tmp_path: Path) -> None:
    assert write(tmp_path / "jobs" / "1.log", b"one\n", b"two\n") == b"one\ntwo\n"


def test_a_torrent_keeps_its_beginning_and_its_end(tmp_path: Path) -> None:
    lines = [f"line {number:06}\n".encode() * 100 for number in range(1000)]
    kept = write(tmp_path / "1.log", *lines)
    assert len(kept) < 260 * 1024
    assert kept.startswith(b"line 000000\n")
    assert kept.endswith(b"line 000999\n")
    left_out = sum(map(len, lines)) - 256 * 1024
    assert f"\n... {left_out} bytes were left out ...\n".encode() in kept


def test_just_over_the_room_nothing_is_left_out(tmp_path: Path) -> None:
    text = b"x" * (256 * 1024)
    assert write(tmp_path / "1.log", text[:60_000], text[60_000:]) == text


def test_attempts_that_share_a_file_follow_each_other(tmp_path: Path) -> None:
    write(tmp_path / "1.log", b"first\n")
    assert write(tmp_path / "1.log", b"second\n") == b"first\nsecond\n"
