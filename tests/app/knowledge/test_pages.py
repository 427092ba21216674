"""The pages of knowledge bases: who may see them, what they show, what they refuse."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.knowledge import queries
from domain.knowledge.models import KnowledgeBase
from tests.factories import make_knowledge_base, make_knowledge_index, make_passage
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
HOSTILE = "<script>alert(1)</script> **bold** [link](javascript:alert(1))"


@pytest.mark.parametrize(
    "address",
    ["/knowledge", "/knowledge/new", "/knowledge/import", f"/knowledge/{uuid.UUID(int=1)}"],
)
def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, address: str
) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    assert sign_in("annotator").get(address).status_code == 403


def test_an_empty_list_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in().get("/knowledge").text
    assert "No knowledge yet" in page
    assert page.count('href="/knowledge/new"') == 1
    assert page.count('href="/knowledge/import"') == 1


def test_a_base_is_made_empty_and_its_page_says_what_to_do(
    sign_in: SignIn, session: Session
) -> None:
    browser = sign_in()
    answer = browser.post("/knowledge/new", data={"name": " Dishes ", "region": "sea"})
    made = session.scalars(select(KnowledgeBase)).one()
    assert answer.headers["location"] == f"/knowledge/{made.id}"
    assert (made.name, made.region) == ("Dishes", "sea")
    page = browser.get(f"/knowledge/{made.id}").text
    for said in ("No passages yet", "/knowledge/import?name=Dishes", "Southeast Asia", "no index"):
        assert said in page
    assert "Dishes" in browser.get("/knowledge").text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "A name has 1 to 120 characters."), ("Taken", "There is already a knowledge base named")],
)
def test_what_cannot_be_made_says_why(
    sign_in: SignIn, session: Session, name: str, sentence: str
) -> None:
    make_knowledge_base(session, name="Taken")
    answer = sign_in().post("/knowledge/new", data={"name": name, "region": "sea"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert '<option value="sea" selected>' in answer.text


def test_passages_are_text_whatever_they_look_like(sign_in: SignIn, session: Session) -> None:
    base = make_knowledge_base(session)
    passage = make_passage(session, base, title="<i>Soto</i>", text=HOSTILE, source="<b>book</b>")
    browser = sign_in()
    for address in (f"/knowledge/{base.id}", f"/knowledge/{base.id}/passages/{passage.id}"):
        page = browser.get(address).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** [link](javascript:" in page
        assert "&lt;i&gt;Soto&lt;/i&gt;" in page
        assert "<script>alert" not in page
        assert "<b>book" not in page
        assert 'href="javascript' not in page


def test_the_passages_are_narrowed_as_a_fragment_and_as_a_page(
    sign_in: SignIn, session: Session
) -> None:
    base = make_knowledge_base(session)
    make_passage(session, base, title="Soto", text="A soup.", country="ID", language="id")
    make_passage(session, base, title="Pho", text="A soup, too.", country="VN", language="vi")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    narrow = f"{address}?words=soup&country=VN"
    page = browser.get(narrow).text
    assert "Pho" in page
    assert ">Soto<" not in page
    assert '<option value="VN" selected>Vietnam</option>' in page
    fragment = browser.get(narrow, headers={"HX-Request": "true"}).text
    assert "Pho" in fragment
    assert "<html" not in fragment
    nothing = browser.get(f"{address}?words=rendang", headers={"HX-Request": "true"}).text
    assert "No passage matches" in nothing
    assert browser.get(f"{address}?after=-2").status_code == 422


def test_the_passages_are_paged_and_keep_their_filter(
    sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.knowledge.pages.PASSAGES_PER_PAGE", 2)
    base = make_knowledge_base(session)
    for number in range(3):
        make_passage(session, base, text=f"Text {number}.", country="ID")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    first = browser.get(f"{address}?country=ID").text
    assert f"{address}?country=ID&amp;after=1" in first
    assert "Text 2." not in first
    rest = browser.get(f"{address}?country=ID&after=1").text
    assert "Text 2." in rest
    assert f'href="{address}?country=ID"' in rest


def test_a_base_is_renamed_put_away_and_brought_back(sign_in: SignIn, session: Session) -> None:
    base = make_knowledge_base(session, "Soto.", name="Old")
    make_knowledge_base(session, name="Taken")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    assert browser.post(f"{address}/name", data={"name": "New"}).headers["location"] == address
    refused = browser.post(f"{address}/name", data={"name": "Taken"})
    assert refused.status_code == 422
    assert 'value="Taken"' in refused.text
    browser.post(f"{address}/archive")
    assert address not in browser.get("/knowledge").text
    assert address in browser.get("/knowledge?archived=true").text
    page = browser.get(address).text
    assert "not offered for new work" in page
    assert "Add a passage" not in page
    assert browser.post(f"{address}/archive").status_code == 409
    browser.post(f"{address}/unarchive")
    session.refresh(base)
    assert (base.name, base.archived_at) == ("New", None)


def test_the_page_tells_indexes_that_fit_from_earlier_ones(
    sign_in: SignIn, session: Session
) -> None:
    base = make_knowledge_base(session, "Soto.")
    make_knowledge_index(session, base)
    make_passage(session, base, text="Rendang.")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    page = browser.get(address).text
    assert "earlier passages" in page
    assert "what it has now" not in page
    make_knowledge_index(session, base, encoder=None, dim=0)
    page = browser.get(address).text
    assert "what it has now" in page
    assert "words alone" in page
    assert "words and vectors of tiny" in page


def test_a_base_without_a_fitting_index_offers_to_make_one(
    sign_in: SignIn, session: Session
) -> None:
    base = make_knowledge_base(session, "Soto.", name="Dishes & drinks")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    link = "/jobs/new/knowledge.index?knowledge=Dishes+%26+drinks"
    assert link in browser.get(address).text
    assert 'value="Dishes &amp; drinks" selected' in browser.get(link).text
    make_knowledge_index(session, base)
    assert link not in browser.get(address).text


def test_a_base_is_downloaded_as_lines_and_as_a_folder(sign_in: SignIn, session: Session) -> None:
    base = make_knowledge_base(session, "Soto.", "Rendang.", name="Dishes / <x>")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    lines = browser.get(f"{address}/passages.jsonl")
    rows = [json.loads(line) for line in lines.text.splitlines()]
    assert [row["text"] for row in rows] == ["Soto.", "Rendang."]
    assert lines.headers["content-disposition"] == (
        f'attachment; filename="knowledge-{base.digest[:12]}.jsonl"'
    )
    packed = browser.get(f"{address}/folder.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert sorted(archive.namelist()) == ["knowledge.json", "passages.jsonl"]
        assert archive.read("passages.jsonl").decode() == lines.text
        assert json.loads(archive.read("knowledge.json"))["digest"] == base.digest


def test_an_import_begins_with_the_name_of_the_base(sign_in: SignIn, session: Session) -> None:
    page = sign_in().get("/knowledge/import?name=Dishes%20%26%20drinks").text
    assert 'value="Dishes &amp; drinks"' in page
    assert 'action="/knowledge/uploads?name=Dishes+%26+drinks"' in page
    assert ".md," in page


def test_a_markdown_file_is_uploaded_for_import(sign_in: SignIn) -> None:
    file = {"file": ("dishes.md", b"# Soto\nA soup.\n", "text/markdown")}
    answer = sign_in().post("/knowledge/uploads?name=Dishes", files=file)
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert address.startswith("/knowledge/import?source=upload:")
    assert address.endswith("&name=Dishes")


def test_an_unknown_base_is_not_found(sign_in: SignIn) -> None:
    address = f"/knowledge/{uuid.UUID(int=1)}"
    browser = sign_in()
    for page in ("", "/passages.jsonl", "/folder.zip", "/passages/new"):
        assert browser.get(f"{address}{page}").status_code == 404


def test_what_was_changed_is_listed_with_who_did_it(sign_in: SignIn, session: Session) -> None:
    base = make_knowledge_base(session, "Soto.")
    browser, address = sign_in(), f"/knowledge/{base.id}"
    browser.post(f"{address}/passages/new", data={"text": "Rendang."})
    page = browser.get(address).text
    assert page.count("Passage added") == 2
    assert browser.user.email in page
    assert [each.what for each in queries.list_revisions(session, base.id)] == [
        "add", "add", "create",
    ]  # fmt: skip
