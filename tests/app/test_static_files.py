import hashlib
import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from app import static_files


@pytest.fixture(scope="module")
def files() -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", static_files.DigestedFiles())]))


def test_a_file_under_its_digest_is_kept_for_ever(files: TestClient) -> None:
    answer = files.get(static_files.address("app.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_what_a_module_imports_lies_under_the_same_digest(files: TestClient) -> None:
    address = static_files.address("js/app.js")
    imported = re.findall(r'import "\./(.*)";', files.get(address).text)
    assert imported
    for name in imported:
        answer = files.get(address.replace("app.js", name))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_a_font_is_sent_as_one_wherever_the_web_runs(files: TestClient) -> None:
    answer = files.get(static_files.address("fonts/noto-sans-thai.woff2"))
    assert answer.headers["content-type"] == "font/woff2"
    assert answer.content[:4] == b"wOF2"


def test_an_older_digest_gets_the_file_but_may_not_keep_it(files: TestClient) -> None:
    answer = files.get("/static/0123456789abcdef/app.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_a_plain_address_works_and_is_asked_for_again(files: TestClient) -> None:
    assert files.get("/static/mark.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["nothing.css", "../pyproject.toml", "%2e%2e/pyproject.toml"])
def test_nothing_else_is_served(files: TestClient, path: str) -> None:
    assert files.get(f"/static/{static_files.digest_folder()}/{path}").status_code == 404


def test_a_page_that_names_a_missing_file_is_told() -> None:
    with pytest.raises(FileNotFoundError, match=r"no file 'app\.scss'"):
        static_files.address("app.scss")


def test_vendored_scripts_are_what_their_list_says() -> None:
    vendor = static_files.ROOT / "vendor"
    rows = re.findall(r"\| (\S+\.js) \| ([0-9a-f]{64}) \|", (vendor / "VENDOR.md").read_text())
    assert {path for path, _ in rows} == {
        path.relative_to(vendor).as_posix() for path in vendor.rglob("*.js")
    }
    for path, digest in rows:
        assert hashlib.sha256((vendor / path).read_bytes()).hexdigest() == digest
        assert (vendor / path).with_name("LICENSE").is_file()
