import datetime as dt
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import rendering
from app.formatting import Formats
from reports import language

PAGE = """\
{% extends "layout/page.html" %}
{% block title %}Jobs{% endblock %}
{% block main %}
  {{ parts.heading("Jobs") }}
  {% block rows %}{{ parts.badge(word, "good") }}{{ _("Hello %(name)s", name=name) }}{% endblock %}
{% endblock %}
"""


def make_request(
    *, cookies: dict[str, str] | None = None, headers: dict[str, str] | None = None, **state: Any
) -> Request:
    sent = dict(headers or {})
    if cookies:
        sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/jobs",
            "query_string": b"",
            "server": ("testserver", 80),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "state": state,
        }
    )


@pytest.fixture(autouse=True)
def with_page(monkeypatch: pytest.MonkeyPatch) -> None:
    own = rendering.environment()
    loader = own.loader
    assert loader is not None
    extra = DictLoader({"test/page.html": PAGE, "test/untitled.html": PAGE.replace("title", "x")})
    environment: Environment = own.overlay(cache_size=0)

    class Both(type(loader)):  # type: ignore[misc]  # FileSystemLoader, whatever its options
        def get_source(self, environment: Environment, template: str) -> Any:
            found = extra if template.startswith("test/") else loader
            return found.get_source(environment, template)

    environment.loader = Both(rendering.TEMPLATES)
    monkeypatch.setattr(rendering, "environment", lambda: environment)


def draw(request: Request, **values: Any) -> str:
    values = {"word": "w", "name": "n"} | values
    return bytes(rendering.page(request, "test/page.html", **values).body).decode()


def test_a_page_has_title_frame_and_values() -> None:
    html = draw(make_request(), word="Running", name="Sari")
    assert "<h1>Jobs</h1>" in html
    assert "Hello Sari" in html
    assert '<html lang="en"' in html


def test_what_people_typed_is_escaped_also_inside_a_translation() -> None:
    html = draw(make_request(), word="<b>", name="<script>")
    assert "<b>" not in html
    assert "Hello &lt;script&gt;" in html


def test_a_fragment_is_only_its_block_and_knows_the_macros() -> None:
    html = rendering.render_fragment(make_request(), "test/page.html", "rows", word="w", name="n")
    assert html.strip() == '<span class="badge badge-good">w</span>Hello n'


def test_a_value_that_is_missing_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError, match="word"):
        rendering.page(make_request(), "test/page.html", name="n")


def test_a_page_without_a_title_is_refused() -> None:
    with pytest.raises(Exception, match="title"):
        rendering.page(make_request(), "test/untitled.html", word="w", name="n")


@pytest.mark.parametrize(
    ("role", "sees", "lacks"),
    [
        ("annotator", [], ["/jobs", "/people"]),
        ("researcher", ["/jobs", "/datasets"], ["/people", "/audit"]),
        ("admin", ["/jobs", "/people", "/audit"], []),
    ],
)
def test_the_navigation_lists_what_the_role_may_open(
    role: str, sees: list[str], lacks: list[str]
) -> None:
    person = SimpleNamespace(name="Sari", email="s@x.y", role=role, language="en")
    html = draw(make_request(person=person, form_token="t0ken"))
    assert all(f'href="{path}"' in html for path in sees)
    assert not any(f'href="{path}"' in html for path in lacks)
    assert html.count('name="form_token" value="t0ken"') == 2
    assert "{&#34;X-Form-Token&#34;: &#34;t0ken&#34;}" in html or '"X-Form-Token": "t0ken"' in html


def test_the_current_page_is_marked() -> None:
    person = SimpleNamespace(name="", email="s@x.y", role="researcher", language="en")
    assert '<a href="/jobs" aria-current="page">' in draw(make_request(person=person))


def test_a_chosen_language_comes_before_profile_and_browser() -> None:
    person = SimpleNamespace(language="th")
    request = make_request(cookies={"language": "ms"}, headers={"Accept-Language": "vi"})
    assert rendering.choose_language(request).code == "ms"
    request = make_request(headers={"Accept-Language": "vi"}, person=person)
    assert rendering.choose_language(request).code == "th"
    assert rendering.choose_language(make_request(headers={"Accept-Language": "vi"})).code == "vi"


def test_a_language_without_translation_falls_back_visibly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(language.Catalogue, "is_offered", property(lambda self: False))
    html = draw(make_request(cookies={"language": "km"}))
    assert '<html lang="en"' in html
    assert "not translated yet" in html
    assert "ខ្មែរ" in html


def test_the_chosen_colours_are_in_the_page_before_it_is_drawn() -> None:
    assert 'data-theme="dark"' in draw(make_request(cookies={"theme": "dark"}))
    assert "data-theme=" not in draw(make_request(cookies={"theme": "pink"}))


def test_a_toast_survives_a_redirect_and_is_shown_once() -> None:
    response = RedirectResponse("/jobs", 303)
    rendering.add_toast(make_request(), response, "Kerja “foto”; antre", "good")
    cookie = response.headers["set-cookie"].split(";")[0].removeprefix("toast=")
    shown = rendering.page(
        make_request(cookies={"toast": cookie}), "test/page.html", word="w", name="n"
    )
    assert "Kerja “foto”; antre" in bytes(shown.body).decode()
    assert 'toast=""; expires=' in shown.headers["set-cookie"]


def test_a_toast_reaches_htmx_in_a_header() -> None:
    response = Response(status_code=204)
    rendering.add_toast(make_request(headers={"HX-Request": "true"}), response, "Đã xong", "bad")
    said = json.loads(response.headers["HX-Trigger"])
    assert said == {"toast": {"message": "Đã xong", "tone": "bad"}}


def test_a_toast_that_is_not_ours_is_left_unsaid() -> None:
    assert "toast-good" not in draw(make_request(cookies={"toast": "zz"}))
    assert "toast-good" not in draw(make_request(cookies={"toast": b"[1]".hex()}))
    assert "toast-good" not in draw(make_request(cookies={"toast": (b"[" * 3000).hex()}))


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (48_123_456, "48.1 MB"), (5e15, "5 PB")],
)
def test_sizes_count_in_thousands(size_bytes: float, text: str) -> None:
    assert Formats("en").size(size_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0 sec"),
        (2.5, "2.5 sec"),
        (59.7, "1 min"),
        (125, "2 min 5 sec"),
        (3600, "1 hr"),
        (90_061, "1 day 1 hr"),
    ],
)
def test_durations_name_their_two_largest_units(seconds: float, text: str) -> None:
    assert Formats("en").duration(seconds) == text


def test_numbers_and_times_follow_the_language() -> None:
    moment = dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC)
    assert Formats("id").number(1234.5) == "1.234,5"
    assert Formats("id").percent(0.421, 1) == "42,1%"
    assert Formats("id").date(moment) == "4 Mar 2026"
    assert Formats("en").datetime(moment).endswith("UTC")
    assert Formats("my").number(12) == "12"


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_a_moment_is_told_in_utc_without_a_word_of_another_script(code: str) -> None:
    moment = dt.datetime(2026, 11, 29, 23, 24, 4, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    told = Formats(code).datetime(moment)

    assert "04:24:04 UTC" in told
    assert "30" in told
    if language.LANGUAGES[code].script != "Latn":
        assert re.findall("[A-Za-z]+", told) == ["UTC"]
