from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    answer = client.get("/styleguide", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_annotators_do_not_see_it(sign_in: SignIn) -> None:
    assert sign_in("annotator").get("/styleguide").status_code == 403


@pytest.mark.parametrize("role", ["researcher", "admin"])
def test_it_shows_every_part_in_both_themes(sign_in: SignIn, role: str) -> None:
    html = sign_in(role).get("/styleguide").text
    assert html.count("<h1>") == 1
    parts = "badge-live field-wrong empty dialog toast-bad table-stacked progress digest facts"
    for part in f"{parts} gallery notice-warn stats tabs secret code card".split():
        assert part in html, part
    assert 'data-theme="light"' in html
    assert 'data-theme="dark"' in html


def test_a_label_help_and_error_belong_to_their_field(sign_in: SignIn) -> None:
    html = sign_in().get("/styleguide").text
    assert 'for="field-source"' in html
    assert 'aria-describedby="field-source-error field-source-help"' in html
    assert 'id="field-source-error"' in html
    assert '<a href="#field-source">' in html


def test_a_toast_is_said_through_htmx(sign_in: SignIn) -> None:
    answer = sign_in().get("/styleguide/toast?tone=warn", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "'warn'" in answer.headers["HX-Trigger"]


def test_an_unknown_tone_is_refused(sign_in: SignIn) -> None:
    assert sign_in().get("/styleguide/toast?tone=loud").status_code == 422
