"""What machines that watch this one are answered."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.health import readiness
from tests import factories

HERE = ("127.0.0.1", 50000)
ELSEWHERE = ("203.0.113.9", 50000)


@pytest.fixture
def from_address(app: FastAPI) -> Callable[[tuple[str, int]], TestClient]:
    return lambda address: TestClient(app, client=address)


def test_alive_needs_nobody(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_alive_is_answered_to_a_head_request(client: TestClient) -> None:
    assert client.head("/healthz").status_code == 200


def test_ready_when_everything_it_leans_on_is_well(app: FastAPI, client: TestClient) -> None:
    app.state.settings.data.mkdir(parents=True)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "redis": "ok", "disk": "ok"},
    }


def test_not_ready_names_what_failed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        readiness,
        "look",
        lambda **_: [
            readiness.Finding("database", None),
            readiness.Finding("redis", "Redis does not answer."),
        ],
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {"database": "ok", "redis": "Redis does not answer."},
    }


def test_metrics_are_for_this_machine(
    from_address: Callable[..., TestClient], session: Session
) -> None:
    factories.make_job(session)
    answer = from_address(HERE).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'ggez_jobs{kind="system.check",state="queued"} 1.0' in answer.text


def test_metrics_are_not_for_strangers(from_address: Callable[..., TestClient]) -> None:
    assert from_address(ELSEWHERE).get("/metrics").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_comes_through_a_proxy_is_not_from_this_machine(
    header: str, from_address: Callable[..., TestClient]
) -> None:
    asked = from_address(HERE).get("/metrics", headers={header: "127.0.0.1"})
    assert asked.status_code == 403


def test_metrics_are_for_an_administrators_token(
    from_address: Callable[..., TestClient], use_api: Callable[..., TestClient]
) -> None:
    token = use_api("admin").headers["Authorization"]
    asked = from_address(ELSEWHERE).get("/metrics", headers={"Authorization": token})
    assert asked.status_code == 200


@pytest.mark.parametrize("role", ["researcher", "annotator"])
def test_metrics_are_not_for_anybody_elses_token(
    role: str, from_address: Callable[..., TestClient], use_api: Callable[..., TestClient]
) -> None:
    token = use_api(role).headers["Authorization"]
    asked = from_address(ELSEWHERE).get("/metrics", headers={"Authorization": token})
    assert asked.status_code == 403


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic YTpi", ""])
def test_a_header_that_is_no_token_is_refused(
    header: str, from_address: Callable[..., TestClient]
) -> None:
    asked = from_address(ELSEWHERE).get("/metrics", headers={"Authorization": header})
    assert asked.status_code == 403


def test_a_session_cookie_does_not_open_the_metrics(
    sign_in: Callable[..., TestClient], from_address: Callable[..., TestClient]
) -> None:
    cookies = dict(sign_in("admin").cookies)
    browser = from_address(ELSEWHERE)
    browser.cookies.update(cookies)
    assert browser.get("/metrics").status_code == 403
