import json
import logging
import uuid
from collections.abc import Iterator

import pytest
import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.health import metrics
from app.health.request_log import RequestLog
from domain import logs


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure(style="json")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def client() -> TestClient:
    router = APIRouter()

    @router.get("/links/{token}")
    def open_link(token: str) -> int:
        structlog.get_logger().info("inside")
        return len(token)

    @router.get("/items/{item_id}")
    def show(item_id: uuid.UUID) -> str:
        return str(item_id)

    @router.get("/broken")
    def broken() -> None:
        raise RuntimeError("no")

    @router.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(iter(["a", "b"]))

    app = FastAPI()
    app.add_middleware(RequestLog)
    app.include_router(router)
    app.include_router(router, prefix="/api/v1")
    app.router.routes.append(Mount("/static", app=Starlette()))
    return TestClient(app, raise_server_exceptions=False)


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["event"] in {"request", "inside"}]


def count(route: str, status: int) -> float:
    labels = {"route": route, "method": "GET", "status": str(status)}
    return metrics._OWN.get_sample_value("ggez_requests_total", labels) or 0.0


def test_a_request_is_one_line_with_its_route_and_the_answer_names_it(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    item = uuid.uuid4()
    answer = client.get(f"/items/{item}?q=secret-in-query")
    (line,) = events(capsys)
    assert line["route"] == "/items/{item_id}"
    assert line["values"] == {"item_id": str(item)}
    assert line["status"] == 200
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "secret-in-query" not in str(line)


def test_what_is_logged_inside_carries_the_same_identifier(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/links/abc")
    inside, request = events(capsys)
    assert inside["event"] == "inside"
    assert inside["request_id"] == request["request_id"]


def test_the_secret_in_a_one_time_link_is_not_logged(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/links/hunter2hunter2")
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/links/a", "/links/{token}"),
        ("/api/v1/links/a", "/api/v1/links/{token}"),
        ("/static/app.css", "/static"),
        ("/wp-login.php", "unmatched"),
    ],
)
def test_the_route_is_a_template_so_that_labels_stay_few(
    path: str, route: str, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(path)
    assert events(capsys)[-1]["route"] == route


def test_requests_are_counted_by_route_and_status(client: TestClient) -> None:
    before = count("/links/{token}", 200)
    client.get("/links/a")
    client.get("/links/b")
    assert count("/links/{token}", 200) == before + 2


def test_an_error_that_nobody_expected_is_counted_as_500(client: TestClient) -> None:
    before = count("/broken", 500)
    assert client.get("/broken").status_code == 500
    assert count("/broken", 500) == before + 1


def test_a_stream_passes_through_piece_by_piece(client: TestClient) -> None:
    assert client.get("/stream").text == "ab"


def test_a_made_up_method_is_no_new_label(client: TestClient) -> None:
    client.request("BREW", "/links/a")
    text = metrics.generate_latest(metrics._OWN).decode()
    assert "BREW" not in text
    assert 'method="OTHER"' in text
