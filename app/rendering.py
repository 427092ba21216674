"""From a template and values to an answer: whole pages, and the parts of them that htmx asks for.

Every template finds in scope, without importing anything:

    forms, tables, parts    the macros of templates/layout
    request, person         the signed-in person, or None
    form_token              what every form must send back
    language                reports.language.Language of the words on this page
    _, gettext, ngettext    translation; `_("Hello %(name)s", name=...)`
    format_*                datetime, date, relative, duration, number, percent, size
    static("app.css")       the address of a file of ours

Those who sign people in leave `person`, `form_token` and optionally `language` (a code) on
`request.state`; nothing else is needed from them.
"""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app import static_files
from app.formatting import Formats
from reports import language as languages

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
TOAST_COOKIE = "toast"
_THEMES = ("light", "dark")
# In this order: later modules use the earlier ones.
_MACROS = ("parts", "forms", "tables", "spec_forms")

# A sentence and its values, in the language of the page.
Translate = Callable[..., str]
Tone = Literal["neutral", "good", "warn", "bad"]


@dataclass(frozen=True)
class Toast:
    message: str
    tone: Tone = "good"


def page(request: Request, template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    context = _make_context(request, template) | values
    context["toasts"] = _read_toasts(request)
    content = environment().get_template(template).render(context)
    response = _answer(content, status_code, context["language"])
    if TOAST_COOKIE in request.cookies:
        response.delete_cookie(TOAST_COOKIE)
    return response


def fragment(
    request: Request, template: str, block: str, status_code: int = 200, **values: Any
) -> HTMLResponse:
    """One block of a page, for htmx to put in its place."""
    context = _make_context(request, template) | values
    content = render_block(environment(), template, block, context)
    return _answer(content, status_code, context["language"])


def render_fragment(request: Request, template: str, block: str, **values: Any) -> str:
    """The same as text, for what travels in an event stream."""
    return render_block(environment(), template, block, _make_context(request, template) | values)


def add_toast(request: Request, response: Response, message: str, tone: Tone = "good") -> None:
    """Say something in passing: on the page that follows a redirect, or at once through htmx."""
    toast = asdict(Toast(message, tone))
    if response.status_code in {301, 302, 303, 307, 308} or "HX-Request" not in request.headers:
        secure = request.url.scheme == "https"
        response.set_cookie(
            TOAST_COOKIE, _pack(toast), max_age=60, httponly=True, samesite="lax", secure=secure
        )
    else:
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})


def choose_language(request: Request) -> languages.Language:
    """Chosen for this request or browser, else by the person's profile, else by the browser."""
    person = getattr(request.state, "person", None)
    chosen = (
        getattr(request.state, "language", None)
        or request.cookies.get(LANGUAGE_COOKIE)
        or getattr(person, "language", None)
    )
    return languages.negotiate(request.headers.get("Accept-Language", ""), chosen)


def translate(request: Request, message: str, /, **values: object) -> str:
    """For the few sentences that a route says itself. Name it `_` so that it is collected."""
    return _bind_gettext(languages.load_catalogue(choose_language(request).code))(message, **values)


@functools.cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_files.address
    made.globals["list_languages"] = languages.list_offered
    made.filters["attributes"] = _write_attributes
    return made


def _make_context(request: Request, template: str) -> dict[str, Any]:
    wanted = choose_language(request)
    # A page without a translation is an English page, and must be read out as one.
    spoken = wanted if languages.speaks(wanted, f"templates/{template}") else languages.ENGLISH
    catalogue = languages.load_catalogue(spoken.code)
    theme = request.cookies.get(THEME_COOKIE)
    gettext = _bind_gettext(catalogue)
    context: dict[str, Any] = {
        "request": request,
        "person": getattr(request.state, "person", None),
        "form_token": getattr(request.state, "form_token", ""),
        "language": spoken,
        "wanted_language": wanted,
        "theme": theme if theme in _THEMES else None,
        "toasts": [],
        "_": gettext,
        "gettext": gettext,
        "ngettext": _bind_ngettext(catalogue),
        **_bind_formats(Formats(spoken.code)),
    }
    for name in _MACROS:
        # With the context, so that macros speak the page's language; here, so that a block
        # rendered alone finds them too (a template's own imports would not run for it).
        context[name] = environment().get_template(f"layout/{name}.html").make_module(context)
    return context


def _bind_gettext(catalogue: languages.Catalogue) -> Callable[..., str]:
    def gettext(message: str, /, **values: object) -> str:
        text = catalogue.gettext(message)
        if any(isinstance(value, Markup) for value in values.values()):
            text = escape(text)
        return text % values if values else text

    return gettext


def _bind_ngettext(catalogue: languages.Catalogue) -> Callable[..., str]:
    def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
        text = catalogue.ngettext(singular, plural, num)
        try:
            return text % {"num": num, **values}
        except KeyError:
            return text  # from a trans tag, which fills in its own names afterwards

    return ngettext


def _bind_formats(formats: Formats) -> dict[str, Callable[..., str]]:
    return {
        "format_datetime": formats.datetime,
        "format_date": formats.date,
        "format_relative": formats.relative,
        "format_duration": formats.duration,
        "format_number": formats.number,
        "format_percent": formats.percent,
        "format_size": formats.size,
    }


def _write_attributes(values: Mapping[str, Any]) -> Markup:
    """Extra attributes of a macro: None and False leave one out, True writes it bare."""
    written = [
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in values.items()
        if value is not None and value is not False
    ]
    return Markup("").join(written)


def _answer(content: str, status_code: int, spoken: languages.Language) -> HTMLResponse:
    headers = {
        "Content-Language": spoken.code,
        "Vary": "Cookie, Accept-Language, HX-Request",
    }
    return HTMLResponse(content, status_code, headers)


def _pack(toast: Mapping[str, str]) -> str:
    """JSON that survives a cookie: quotes and semicolons do not."""
    return json.dumps(toast).encode().hex()


def _read_toasts(request: Request) -> list[Toast]:
    packed = request.cookies.get(TOAST_COOKIE)
    if not packed:
        return []
    try:
        return [Toast(**json.loads(bytes.fromhex(packed)))]
    except (TypeError, ValueError, RecursionError):
        return []  # not written by us, or by another version; nothing is lost but a greeting
