"""Every route with the role it asks for. A new route that is not in this table fails, and so does
one that lets in anybody but those whom the table names: each is really called, as everybody.
"""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.dependencies import Requires
from domain.users.models import Role

ANYONE = "anyone"
SIGNED_IN = "signed in"
RESEARCHER = "researcher"
ADMIN = "admin"

WHO_MAY = {
    ANYONE: {None, Role.ANNOTATOR, Role.RESEARCHER, Role.ADMIN},
    SIGNED_IN: {Role.ANNOTATOR, Role.RESEARCHER, Role.ADMIN},
    RESEARCHER: {Role.RESEARCHER, Role.ADMIN},
    ADMIN: {Role.ADMIN},
}

# One line for each route: "METHOD /path": who may call it. Sorted by path within each door.
PAGES = {
    "GET /": SIGNED_IN,
    "GET /account": SIGNED_IN,
    "POST /account/name": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/sessions/end-others": SIGNED_IN,
    "POST /account/sessions/{session_id}/end": SIGNED_IN,
    "GET /ablation/codebook.csv": RESEARCHER,
    "GET /ablation/{job_id}": RESEARCHER,
    "GET /ablation/{job_id}/figures.{kind}": RESEARCHER,
    "GET /ablation/{job_id}/report.json": RESEARCHER,
    "GET /audit": ADMIN,
    "GET /benchmarks": RESEARCHER,
    "GET /benchmarks/import": RESEARCHER,
    "POST /benchmarks/import": RESEARCHER,
    "POST /benchmarks/uploads": RESEARCHER,
    "GET /benchmarks/new": RESEARCHER,
    "POST /benchmarks/new": RESEARCHER,
    "GET /benchmarks/{benchmark_id}": RESEARCHER,
    "POST /benchmarks/{row_id}/archive": RESEARCHER,
    "POST /benchmarks/{row_id}/name": RESEARCHER,
    "GET /benchmarks/{benchmark_id}/items": RESEARCHER,
    "GET /benchmarks/{benchmark_id}/items/{position}/picture": RESEARCHER,
    "GET /benchmarks/{benchmark_id}/questions": RESEARCHER,
    "POST /benchmarks/{row_id}/unarchive": RESEARCHER,
    "GET /comparisons": RESEARCHER,
    "GET /datasets": RESEARCHER,
    "GET /datasets/import": RESEARCHER,
    "POST /datasets/import": RESEARCHER,
    "POST /datasets/uploads": RESEARCHER,
    "GET /datasets/{dataset_id}": RESEARCHER,
    "POST /datasets/{row_id}/archive": RESEARCHER,
    "GET /datasets/{dataset_id}/funnel": RESEARCHER,
    "POST /datasets/{row_id}/name": RESEARCHER,
    "GET /datasets/{dataset_id}/previews/{position}": RESEARCHER,
    "GET /datasets/{dataset_id}/rejected/{position}": RESEARCHER,
    "POST /datasets/{row_id}/unarchive": RESEARCHER,
    "GET /healthz": ANYONE,
    "GET /home/stream": RESEARCHER,
    "GET /jobs": RESEARCHER,
    "GET /jobs/new": RESEARCHER,
    "GET /jobs/new/{kind}": RESEARCHER,
    "POST /jobs/new/{kind}": RESEARCHER,
    "POST /jobs/new/{kind}/preview": RESEARCHER,
    "GET /jobs/queue": RESEARCHER,
    "GET /jobs/queue/stream": RESEARCHER,
    "GET /jobs/stream": RESEARCHER,
    "GET /jobs/{job_id}": RESEARCHER,
    "POST /jobs/{job_id}/cancel": RESEARCHER,
    "GET /jobs/{job_id}/log": RESEARCHER,
    "POST /jobs/{job_id}/mark-stopped": RESEARCHER,
    "POST /jobs/{job_id}/move": RESEARCHER,
    "GET /jobs/{job_id}/pictures/{number}": RESEARCHER,
    "POST /jobs/{job_id}/priority": RESEARCHER,
    "POST /jobs/{job_id}/resume": RESEARCHER,
    "POST /jobs/{job_id}/retry": RESEARCHER,
    "GET /jobs/{job_id}/stream": RESEARCHER,
    "GET /join/{token}": ANYONE,
    "POST /join/{token}": ANYONE,
    "POST /language": ANYONE,
    "GET /metrics": ANYONE,  # decides by address or token, see app/health/routes.py
    "GET /outputs": RESEARCHER,
    "GET /outputs/{output_id}": RESEARCHER,
    "GET /outputs/import": RESEARCHER,
    "POST /outputs/import": RESEARCHER,
    "POST /outputs/uploads": RESEARCHER,
    "GET /outputs/{output_id}/picture": RESEARCHER,
    "GET /outputs/{output_id}/question": RESEARCHER,
    "GET /knowledge": RESEARCHER,
    "GET /knowledge/import": RESEARCHER,
    "POST /knowledge/import": RESEARCHER,
    "GET /knowledge/new": RESEARCHER,
    "POST /knowledge/new": RESEARCHER,
    "POST /knowledge/uploads": RESEARCHER,
    "GET /knowledge/{base_id}": RESEARCHER,
    "POST /knowledge/{row_id}/archive": RESEARCHER,
    "GET /knowledge/{base_id}/folder.zip": RESEARCHER,
    "POST /knowledge/{row_id}/name": RESEARCHER,
    "GET /knowledge/{base_id}/passages.jsonl": RESEARCHER,
    "GET /knowledge/{base_id}/passages/new": RESEARCHER,
    "POST /knowledge/{base_id}/passages/new": RESEARCHER,
    "GET /knowledge/{base_id}/passages/{passage_id}": RESEARCHER,
    "GET /knowledge/{base_id}/passages/{passage_id}/edit": RESEARCHER,
    "POST /knowledge/{base_id}/passages/{passage_id}/edit": RESEARCHER,
    "GET /knowledge/{base_id}/passages/{passage_id}/picture": RESEARCHER,
    "POST /knowledge/{base_id}/passages/{passage_id}/remove": RESEARCHER,
    "POST /knowledge/{row_id}/unarchive": RESEARCHER,
    "GET /people": ADMIN,
    "POST /people": ADMIN,
    "GET /people/new": ADMIN,
    "GET /people/{user_id}": ADMIN,
    "POST /people/{user_id}/disable": ADMIN,
    "POST /people/{user_id}/enable": ADMIN,
    "POST /people/{user_id}/link": ADMIN,
    "POST /people/{user_id}/role": ADMIN,
    "GET /prompts": RESEARCHER,
    "GET /prompts/new": RESEARCHER,
    "POST /prompts/new": RESEARCHER,
    "GET /prompts/{prompt_set_id}": RESEARCHER,
    "POST /prompts/{row_id}/archive": RESEARCHER,
    "POST /prompts/{row_id}/name": RESEARCHER,
    "POST /prompts/{row_id}/unarchive": RESEARCHER,
    "GET /readyz": ANYONE,
    "GET /rate/{study_id}": SIGNED_IN,
    "GET /rate/{study_id}/about-you": SIGNED_IN,
    "POST /rate/{study_id}/about-you": SIGNED_IN,
    "GET /rate/{study_id}/careful": SIGNED_IN,
    "GET /rate/{study_id}/done": SIGNED_IN,
    "GET /rate/{study_id}/guide": SIGNED_IN,
    "GET /rate/{study_id}/held": SIGNED_IN,
    "GET /rate/{study_id}/items/{token}": SIGNED_IN,
    "POST /rate/{study_id}/items/{token}": SIGNED_IN,
    "GET /rate/{study_id}/items/{token}/pictures/{position}": SIGNED_IN,
    "GET /rate/{study_id}/items/{token}/pictures/question": SIGNED_IN,
    "GET /rate/{study_id}/leave": SIGNED_IN,
    "POST /rate/{study_id}/leave": SIGNED_IN,
    "GET /rate/{study_id}/mine": SIGNED_IN,
    "GET /rate/{study_id}/mine.csv": SIGNED_IN,
    "POST /rate/{study_id}/device": SIGNED_IN,
    "GET /rate/{study_id}/practice": SIGNED_IN,
    "GET /rate/{study_id}/practice/{token}": SIGNED_IN,
    "POST /rate/{study_id}/practice/{token}": SIGNED_IN,
    "GET /rate/{study_id}/work": SIGNED_IN,
    "GET /recipes/new": RESEARCHER,
    "POST /recipes/new": RESEARCHER,
    "GET /frontier": RESEARCHER,
    "GET /distillation/new": RESEARCHER,
    "POST /distillation/new": RESEARCHER,
    "GET /distillation/codebook.csv": RESEARCHER,
    "GET /distillation/{job_id}": RESEARCHER,
    "GET /distillation/{job_id}/figures.{kind}": RESEARCHER,
    "GET /distillation/{job_id}/report.json": RESEARCHER,
    "GET /distillation/{job_id}/report.pdf": RESEARCHER,
    "GET /distillation/{job_id}/seeds.{kind}": RESEARCHER,
    "GET /two-by-two/new": RESEARCHER,
    "POST /two-by-two/new": RESEARCHER,
    "GET /two-by-two/{job_id}": RESEARCHER,
    "POST /two-by-two/{job_id}/study": RESEARCHER,
    "GET /sandbox-study": SIGNED_IN,
    "POST /sandbox-study": SIGNED_IN,
    "GET /sandbox-study/answers": SIGNED_IN,
    "POST /sandbox-study/answers": SIGNED_IN,
    "GET /sign-in": ANYONE,
    "POST /sign-in": ANYONE,
    "GET /sign-in/{token}": ANYONE,
    "POST /sign-in/{token}": ANYONE,
    "POST /sign-out": ANYONE,
    "GET /studies": RESEARCHER,
    "GET /studies/new": RESEARCHER,
    "POST /studies/new": RESEARCHER,
    "GET /studies/power": RESEARCHER,
    "GET /studies/{study_id}": RESEARCHER,
    "POST /studies/{row_id}/archive": RESEARCHER,
    "POST /studies/{study_id}/close": RESEARCHER,
    "GET /studies/{study_id}/coverage": RESEARCHER,
    "GET /studies/{study_id}/edit": RESEARCHER,
    "POST /studies/{study_id}/edit": RESEARCHER,
    "GET /studies/{study_id}/invites": RESEARCHER,
    "POST /studies/{study_id}/invites": RESEARCHER,
    "POST /studies/{study_id}/invites/{invite_id}/revoke": RESEARCHER,
    "POST /studies/{row_id}/name": RESEARCHER,
    "POST /studies/{study_id}/open": RESEARCHER,
    "POST /studies/{study_id}/pause": RESEARCHER,
    "GET /studies/{study_id}/preview": RESEARCHER,
    "POST /studies/{study_id}/preview": RESEARCHER,
    "GET /studies/{study_id}/preview/guide": RESEARCHER,
    "GET /studies/{study_id}/preview/mine": RESEARCHER,
    "GET /studies/{study_id}/preview/pictures/{item}/{position}": RESEARCHER,
    "GET /studies/{study_id}/preview/pictures/{item}/question": RESEARCHER,
    "GET /studies/{study_id}/preview/work": RESEARCHER,
    "POST /studies/{study_id}/raters/{rater_id}/go-on": RESEARCHER,
    "GET /studies/{study_id}/ratings.ndjson": RESEARCHER,
    "POST /studies/{study_id}/analyse": RESEARCHER,
    "GET /studies/{study_id}/codebook.csv": RESEARCHER,
    "GET /studies/{study_id}/figures.{kind}": RESEARCHER,
    "GET /studies/{study_id}/ratings.{kind}": RESEARCHER,
    "GET /studies/{study_id}/report": RESEARCHER,
    "GET /studies/{study_id}/report.json": RESEARCHER,
    "GET /studies/{study_id}/report.pdf": RESEARCHER,
    "GET /studies/{study_id}/results": RESEARCHER,
    "POST /studies/{study_id}/resume": RESEARCHER,
    "POST /studies/{row_id}/unarchive": RESEARCHER,
    "POST /studies/{study_id}/unseal": RESEARCHER,
    "GET /studies/{study_id}/words": RESEARCHER,
    "POST /studies/{study_id}/words": RESEARCHER,
    "GET /styleguide": RESEARCHER,
    "GET /styleguide/toast": RESEARCHER,
    "GET /tokens": RESEARCHER,
    "POST /tokens": RESEARCHER,
    "POST /tokens/{token_id}/revoke": RESEARCHER,
    "GET /variants": RESEARCHER,
    "GET /variants/compare": RESEARCHER,
    "GET /variants/{variant_id}": RESEARCHER,
    "POST /variants/{row_id}/archive": RESEARCHER,
    "POST /variants/{row_id}/name": RESEARCHER,
    "POST /variants/{row_id}/unarchive": RESEARCHER,
}
API = {
    "GET /api/v1/audit": ADMIN,
    "GET /api/v1/benchmarks": RESEARCHER,
    "POST /api/v1/benchmarks": RESEARCHER,
    "GET /api/v1/benchmarks/{benchmark_id}": RESEARCHER,
    "PATCH /api/v1/benchmarks/{benchmark_id}": RESEARCHER,
    "GET /api/v1/benchmarks/{benchmark_id}/items": RESEARCHER,
    "GET /api/v1/benchmarks/{benchmark_id}/items/{position}/picture": RESEARCHER,
    "GET /api/v1/benchmarks/{benchmark_id}/questions": RESEARCHER,
    "GET /api/v1/jobs": RESEARCHER,
    "POST /api/v1/jobs": RESEARCHER,
    "GET /api/v1/jobs/kinds": RESEARCHER,
    "POST /api/v1/jobs/recipes": RESEARCHER,
    "POST /api/v1/grids/distillation": RESEARCHER,
    "GET /api/v1/grids/distillation/{job_id}": RESEARCHER,
    "POST /api/v1/grids/two-by-two": RESEARCHER,
    "GET /api/v1/grids/two-by-two/{job_id}": RESEARCHER,
    "POST /api/v1/grids/two-by-two/{job_id}/study": RESEARCHER,
    "GET /api/v1/jobs/{job_id}": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/cancel": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/clone": RESEARCHER,
    "GET /api/v1/jobs/{job_id}/events": RESEARCHER,
    "GET /api/v1/jobs/{job_id}/log": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/mark-stopped": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/move": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/priority": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/resume": RESEARCHER,
    "POST /api/v1/jobs/{job_id}/retry": RESEARCHER,
    "GET /api/v1/datasets": RESEARCHER,
    "POST /api/v1/datasets": RESEARCHER,
    "GET /api/v1/datasets/{dataset_id}": RESEARCHER,
    "PATCH /api/v1/datasets/{dataset_id}": RESEARCHER,
    "GET /api/v1/datasets/{dataset_id}/items": RESEARCHER,
    "GET /api/v1/datasets/{dataset_id}/problems": RESEARCHER,
    "GET /api/v1/datasets/{dataset_id}/rejected": RESEARCHER,
    "GET /api/v1/knowledge-bases": RESEARCHER,
    "POST /api/v1/knowledge-bases": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}": RESEARCHER,
    "PATCH /api/v1/knowledge-bases/{base_id}": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}/folder.zip": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}/indexes": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}/passages": RESEARCHER,
    "POST /api/v1/knowledge-bases/{base_id}/passages": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}/passages.jsonl": RESEARCHER,
    "DELETE /api/v1/knowledge-bases/{base_id}/passages/{passage_id}": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}/passages/{passage_id}": RESEARCHER,
    "PUT /api/v1/knowledge-bases/{base_id}/passages/{passage_id}": RESEARCHER,
    "GET /api/v1/knowledge-bases/{base_id}/passages/{passage_id}/picture": RESEARCHER,
    "GET /api/v1/me": SIGNED_IN,
    "GET /api/v1/openapi.json": ANYONE,
    "GET /api/v1/outputs": RESEARCHER,
    "GET /api/v1/outputs/{output_id}": RESEARCHER,
    "GET /api/v1/outputs/{output_id}/picture": RESEARCHER,
    "GET /api/v1/outputs/{output_id}/question": RESEARCHER,
    "GET /api/v1/people": ADMIN,
    "POST /api/v1/people": ADMIN,
    "GET /api/v1/people/{user_id}": ADMIN,
    "PATCH /api/v1/people/{user_id}": ADMIN,
    "POST /api/v1/people/{user_id}/links": ADMIN,
    "GET /api/v1/prompt-sets": RESEARCHER,
    "POST /api/v1/prompt-sets": RESEARCHER,
    "GET /api/v1/prompt-sets/{prompt_set_id}": RESEARCHER,
    "PATCH /api/v1/prompt-sets/{prompt_set_id}": RESEARCHER,
    "GET /api/v1/prompt-sets/{prompt_set_id}/prompts": RESEARCHER,
    "GET /api/v1/scores": RESEARCHER,
    "GET /api/v1/studies": RESEARCHER,
    "POST /api/v1/studies": RESEARCHER,
    "GET /api/v1/studies/{study_id}": RESEARCHER,
    "POST /api/v1/studies/{study_id}/analyse": RESEARCHER,
    "GET /api/v1/studies/{study_id}/report": RESEARCHER,
    "PATCH /api/v1/studies/{study_id}": RESEARCHER,
    "POST /api/v1/studies/{study_id}/close": RESEARCHER,
    "GET /api/v1/studies/{study_id}/coverage": RESEARCHER,
    "POST /api/v1/studies/{study_id}/invites": RESEARCHER,
    "POST /api/v1/studies/{study_id}/open": RESEARCHER,
    "POST /api/v1/studies/{study_id}/pause": RESEARCHER,
    "GET /api/v1/studies/{study_id}/ratings": RESEARCHER,
    "POST /api/v1/studies/{study_id}/resume": RESEARCHER,
    "POST /api/v1/studies/{study_id}/unseal": RESEARCHER,
    "GET /api/v1/tokens": RESEARCHER,
    "POST /api/v1/tokens": RESEARCHER,
    "DELETE /api/v1/tokens/{token_id}": RESEARCHER,
    "POST /api/v1/uploads": RESEARCHER,
    "GET /api/v1/variants": RESEARCHER,
    "GET /api/v1/variants/{variant_id}": RESEARCHER,
    "PATCH /api/v1/variants/{variant_id}": RESEARCHER,
}
TABLE = PAGES | API

# Streams that do not end by themselves are declared here, and only their refusals are called.
ENDLESS: set[str] = {"GET /home/stream", "GET /jobs/queue/stream", "GET /jobs/stream"}


def find_roles(dependant: Dependant) -> frozenset[Role] | None:
    """The roles that a route's arguments ask for; None when it asks for none."""
    found = [part.call.roles for part in walk(dependant) if isinstance(part.call, Requires)]
    return frozenset.intersection(*found) if found else None


def walk(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for part in dependant.dependencies:
        yield from walk(part)


def list_routes(app: FastAPI) -> dict[str, frozenset[Role] | None]:
    found = {}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            continue  # files: no person, no database
        dependant = getattr(route, "dependant", None)
        for method in (route.methods or set()) - {"HEAD"}:
            found[f"{method} {route.path}"] = find_roles(dependant) if dependant else None
    return found


def test_every_route_is_in_the_table_and_the_table_has_no_others(app: FastAPI) -> None:
    actual = set(list_routes(app))
    missing, gone = sorted(actual - set(TABLE)), sorted(set(TABLE) - actual)
    assert not missing, (
        f"New routes: {missing}. Give each handler an argument of a role type "
        "(app/dependencies.py) and add its line to PAGES or API in tests/contracts/test_routes.py."
    )
    assert not gone, f"Routes that are no more: {gone}. Take their lines out of the table."


def test_every_route_asks_for_the_role_in_the_table(app: FastAPI) -> None:
    wrong = {}
    for route, roles in list_routes(app).items():
        asked = frozenset({None, *Role}) if roles is None else roles
        if route in TABLE and asked != WHO_MAY[TABLE[route]]:
            wrong[route] = sorted(map(str, asked))
    assert not wrong, f"These routes let in others than the table says: {wrong}"


@pytest.fixture
def callers(
    client: TestClient, sign_in: Callable[..., TestClient], use_api: Callable[..., TestClient]
) -> Callable[[str], dict[Role | None, TestClient]]:
    def make(route: str) -> dict[Role | None, TestClient]:
        make_client = use_api if " /api/" in route else sign_in
        return {None: client} | {role: make_client(role.value) for role in Role}

    return make


@pytest.mark.parametrize("route", TABLE)
def test_the_route_lets_in_those_and_only_those(
    route: str, callers: Callable[[str], dict[Role | None, TestClient]]
) -> None:
    method, path = route.split()
    is_api = path.startswith("/api/")
    address = re.sub(r"\{\w+\}", str(uuid.uuid4()), path)
    for role, client in callers(route).items():
        if role in WHO_MAY[TABLE[route]]:
            if route in ENDLESS:
                continue
            answer = client.request(method, address)
            refused = answer.status_code in (401, 500)
            assert not refused, f"{role} got {answer.status_code}; the log says why."
            assert "not open to the role" not in answer.text
            assert "/sign-in?" not in answer.headers.get("location", "")
        else:
            answer = client.request(method, address)
            if role is not None:
                assert answer.status_code == 403, f"{role} got in."
                assert "not open to the role" in answer.text
            elif is_api:
                assert answer.status_code == 401
                assert answer.headers["content-type"] == "application/problem+json"
            else:
                assert answer.status_code == 303
                assert answer.headers["location"].startswith("/sign-in")


def test_what_changes_something_is_never_a_get(app: FastAPI) -> None:
    """Links can be opened by programs and other sites; only forms carry the token."""
    verbs = re.compile(r"/(end|end-others|disable|enable|revoke|cancel|retry|delete|sign-out)$")
    assert not [
        route for route in list_routes(app) if route.startswith("GET") and verbs.search(route)
    ]
