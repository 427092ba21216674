import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.outputs.models import Output
from domain.prompts import queries as prompt_queries
from domain.variants.models import Variant
from tests.factories import (
    make_benchmark,
    make_output,
    make_prompt_set,
    make_score,
    make_variant,
)
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
NOBODY = uuid.UUID(int=1)


@pytest.fixture
def family(session: Session) -> tuple[Variant, Variant, Variant]:
    base = make_variant(session, name="Base model")
    tuned = make_variant(session, name="Batik", base=base)
    return (
        base,
        tuned,
        make_variant(session, name="Batik quarter", base=base, tuned=tuned, beta=0.25),
    )


@pytest.mark.parametrize("address", ["/variants", "/variants/compare", f"/variants/{NOBODY}"])
def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient, address: str) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"


def test_annotators_see_no_models(sign_in: SignIn) -> None:
    assert sign_in("annotator").get("/variants").status_code == 403


def test_an_empty_list_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in().get("/variants").text
    assert "No models yet" in page
    assert 'href="/jobs/new/model.import"' in page


def test_the_list_shows_what_each_was_made_from_and_its_scores(
    sign_in: SignIn, session: Session, family: tuple[Variant, Variant, Variant]
) -> None:
    benchmark = make_benchmark(session, name="Everyday things")
    make_score(session, family[2], benchmark, value=97.5, mode="dsg", gaps=3)
    page = " ".join(sign_in().get("/variants").text.split())
    for said in ("Base model", "Batik quarter", "Everyday things", "97.5", "3 gaps"):
        assert said in page
    assert page.count(f'href="/variants/{family[0].id}"') == 3  # itself, and of both others


def test_the_list_narrows_to_a_role(
    sign_in: SignIn, family: tuple[Variant, Variant, Variant]
) -> None:
    page = sign_in().get("/variants?role=merge").text
    assert f'value="{family[2].id}"' in page
    assert f'value="{family[1].id}"' not in page


def test_the_page_of_a_model_draws_its_lineage(
    sign_in: SignIn, family: tuple[Variant, Variant, Variant]
) -> None:
    page = sign_in().get(f"/variants/{family[2].id}").text
    assert page.count("lineage-box") == 3
    assert page.count("lineage-tuned") == 1
    assert "Not measured yet." in page


def test_a_student_names_its_teacher(sign_in: SignIn, session: Session) -> None:
    teacher = make_variant(session, name="World <CLIP>", family="clip")
    student = make_variant(session, name="Half", family="clip", base=teacher, method="distillation")
    page = " ".join(sign_in().get(f"/variants/{student.id}").text.split())
    assert f'Taught by <a href="/variants/{teacher.id}">World &lt;CLIP&gt;</a>, of whose' in page
    assert "Base model" not in page
    assert "A student" not in sign_in().get(f"/variants/{teacher.id}").text


@pytest.mark.parametrize(
    ("family", "offered"),
    [
        ("sdxl", {"benchmark.run", "images.generate"}),
        ("llava", {"answers.score", "answers.generate"}),
        ("siglip2", {"embeddings.score"}),
        ("something-new", {"benchmark.run", "images.generate", "answers.generate"}),
    ],
)
def test_a_new_model_s_page_offers_what_its_family_can_do(
    sign_in: SignIn, session: Session, family: str, offered: set[str]
) -> None:
    model = make_variant(session, name="New", family=family)
    page = sign_in().get(f"/variants/{model.id}").text
    assert set(re.findall(r'href="/jobs/new/([a-z.]+)"', page)) == offered


def test_a_renamed_model_keeps_its_page_and_a_taken_name_is_refused(
    sign_in: SignIn, family: tuple[Variant, Variant, Variant]
) -> None:
    client = sign_in()
    address = f"/variants/{family[1].id}"
    assert client.post(f"{address}/name", data={"name": "Batik Jawa"}).status_code == 303
    assert "Batik Jawa" in client.get(address).text
    refused = client.post(f"{address}/name", data={"name": "Base model"})
    assert refused.status_code == 422
    assert "already a variant named" in refused.text


def test_an_archived_model_leaves_the_list_and_comes_back(
    sign_in: SignIn, family: tuple[Variant, Variant, Variant]
) -> None:
    client = sign_in()
    address = f"/variants/{family[1].id}"
    client.post(f"{address}/archive")
    assert f'value="{family[1].id}"' not in client.get("/variants").text
    assert f'value="{family[1].id}"' in client.get("/variants?archived=true").text
    client.post(f"{address}/unarchive")
    assert f'value="{family[1].id}"' in client.get("/variants").text


def test_models_are_compared_on_what_all_of_them_drew(
    sign_in: SignIn, session: Session, family: tuple[Variant, Variant, Variant]
) -> None:
    prompt_set = make_prompt_set(session)
    first, second = prompt_queries.list_prompts(session, prompt_set.id)[:2]
    outputs = [make_output(session, variant, first, seed=1) for variant in family[:2]]
    make_output(session, family[0], second, seed=1)
    page = sign_in().get(f"/variants/compare?id={family[0].id}&id={family[1].id}").text
    assert first.text in page
    assert second.text not in page
    for output in outputs:
        assert f"/outputs/{output.id}/picture" in page


@pytest.fixture
def theirs(session: Session) -> Variant:
    """Made elsewhere, with an answer that looks like HTML."""
    external: dict[str, Any] = {"role": "external", "family": "external", "artifact_id": None}
    variant = make_variant(session, name="Theirs", **external)
    (prompt, *_) = prompt_queries.list_prompts(session, make_prompt_set(session, "What?").id)
    nothing = dict.fromkeys(("file", "sha256", "width", "height"))
    make_output(session, variant, prompt, text="A <b>boat</b>\n& more", **nothing)
    other = make_variant(session, name="Others", **external)
    make_output(session, other, prompt, text="A raft", question_file="q.png", **nothing)
    return variant


def test_the_page_of_a_model_made_elsewhere_shows_its_answers_as_text(
    sign_in: SignIn, theirs: Variant
) -> None:
    page = sign_in().get(f"/variants/{theirs.id}").text
    assert "its weights are not" in page
    assert '<p class="answer-text">A &lt;b&gt;boat&lt;/b&gt;\n&amp; more</p>' in page
    assert page.count("lineage-box") == 1
    assert "/picture" not in page


def test_the_list_narrows_to_models_made_elsewhere(
    sign_in: SignIn, theirs: Variant, family: tuple[Variant, Variant, Variant]
) -> None:
    page = sign_in().get("/variants?role=external").text
    assert f'value="{theirs.id}"' in page
    assert f'value="{family[0].id}"' not in page
    assert "in memory" not in page
    assert 'href="/outputs/import"' in page


def test_answers_are_compared_side_by_side_with_what_was_asked(
    sign_in: SignIn, session: Session, theirs: Variant
) -> None:
    other = session.scalars(select(Variant).where(Variant.name == "Others")).one()
    page = sign_in().get(f"/variants/compare?id={theirs.id}&id={other.id}").text
    assert page.count('class="answer-text"') == 2
    output = session.scalars(select(Output).where(Output.variant_id == other.id)).one()
    assert f'src="/outputs/{output.id}/question"' in page


def test_one_model_alone_cannot_be_compared(
    sign_in: SignIn, family: tuple[Variant, Variant, Variant]
) -> None:
    assert "Choose at least two" in sign_in().get(f"/variants/compare?id={family[0].id}").text


def test_an_unknown_model_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get(f"/variants/{uuid.uuid4()}").status_code == 404
