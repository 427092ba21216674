import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from app.protocol import MAX_HEAD_BYTES, BoundedHeads


async def echo_length(scope: Any, receive: Any, send: Any) -> None:
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(length).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(echo_length, http=BoundedHeads, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()
        server.should_exit = True
        thread.join()


def send_until_closed(address: tuple[str, int], pieces: Iterator[bytes]) -> tuple[int, bytes]:
    """How much the server took, and what it said."""
    sent = 0
    with socket.create_connection(address, timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                sent += len(piece)
            return sent, connection.recv(65536)
        except (BrokenPipeError, ConnectionResetError):
            return sent, b""


def test_a_head_without_end_is_cut_off(address: tuple[str, int]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"GET / HTTP/1.1\r\nHost: x\r\n"
        for number in range(2000):
            yield b"X-%d: %s\r\n" % (number, b"a" * 10_000)

    sent, _ = send_until_closed(address, pieces())
    # What the sockets' own buffers take is not in the server's hands.
    assert sent < 10_000_000


def test_a_head_just_beyond_the_limit_is_told_so(address: tuple[str, int]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"GET / HTTP/1.1\r\nHost: x\r\n"
        time.sleep(0.05)
        yield b"X: " + b"a" * MAX_HEAD_BYTES

    _, answer = send_until_closed(address, pieces())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"The head of this request is too long." in answer


def test_long_bodies_and_one_request_after_another_pass(address: tuple[str, int]) -> None:
    body = b"b" * (3 * MAX_HEAD_BYTES)
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(3):
            connection.sendall(head + body)
            answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert answer.endswith(str(len(body)).encode())
