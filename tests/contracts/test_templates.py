"""What holds for every template: it compiles, has a title, and is nothing a strict content
security policy would refuse.
"""

import re
from pathlib import Path

import pytest

from app import rendering, static_files

TEMPLATES = sorted(rendering.TEMPLATES.rglob("*.html"))
PAGES = [
    path
    for path in TEMPLATES
    if re.search(r'{%-? extends "layout/page.html"', path.read_text(encoding="utf-8"))
]
FORBIDDEN = {
    "a style attribute (write a class in static/app.css)": r"<[^>]*\sstyle\s*=",
    "a style element (write it in static/app.css)": r"<style\b",
    "an inline script (write a module in static/js)": r"<script(?![^>]*\bsrc=)",
    "an event attribute (listen in a module in static/js)": r"<[^>]*\son[a-z]+\s*=",
    "hx-on, which needs eval (listen in a module)": r"\bhx-on\b",
    "hx-vals or hx-headers with js:, which needs eval": r"hx-(?:vals|headers)=.js:",
    "a file from another origin (put it in static)":
        r"<(?:script|link|img|source|iframe|video|audio)[^>]*(?:src|href|srcset)=[\"'](?:https?:)?//",
    "markup made by hand (let the template escape)": r"\|\s*safe\b",
}  # fmt: skip


def read(path: Path) -> str:
    """Without comments: they may name what is forbidden."""
    return re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(rendering.TEMPLATES).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_template_compiles(path: Path) -> None:
    rendering.environment().get_template(name(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_page_has_a_title(path: Path) -> None:
    title = re.search(r"{% block title %}(.*?){%-? ?endblock", read(path), re.DOTALL)
    assert title, f"{name(path)}: add {{% block title %}}...{{% endblock title %}}"
    assert title[1].strip(), f"{name(path)}: the title is empty"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_holds_what_the_policy_refuses(path: Path) -> None:
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, read(path))]
    assert not found, f"{name(path)} has {'; '.join(found)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_form_that_posts_carries_the_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", read(path), re.DOTALL | re.IGNORECASE):
        if re.search(r'method="(?:post|{{)', form, re.IGNORECASE):
            assert "form_token" in form or "token()" in form, (
                f"{name(path)}: write the form with forms.form, or add forms.token()"
            )


def test_templates_name_only_files_that_are_there() -> None:
    for path in TEMPLATES:
        for named in re.findall(r"static\([\"']([^\"']+)[\"']\)", read(path)):
            static_files.address(named)


def test_styles_and_modules_fetch_nothing_from_elsewhere() -> None:
    ours = [*static_files.ROOT.glob("*.css"), *(static_files.ROOT / "js").rglob("*.js")]
    for path in ours:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", text), path.name
        unsafe = r"\beval\(|new Function\(|innerHTML\s*=[^=]|\.style\b"
        assert not re.search(unsafe, text), path.name


def test_every_class_a_macro_writes_has_a_rule() -> None:
    css = "".join(path.read_text(encoding="utf-8") for path in static_files.ROOT.glob("*.css"))
    written = {
        word
        for path in TEMPLATES
        for value in re.findall(r'class="([^"{]*)"', read(path))
        for word in value.split()
    }
    missing = sorted(word for word in written if f".{word}" not in css)
    assert not missing, f"No rule in static/*.css for: {missing}"
