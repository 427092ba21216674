"""Who rates answers learns nothing of retrieval: no passage, score or source in any page, address
or header, and no name of a model.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from httpx import Response
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.prompts.models import Prompt
from domain.ratings import enrolment, previewing, taking, views
from domain.ratings.models import RatingScore
from domain.settings import Settings
from domain.studies import drafting, presets
from domain.studies.drafting import ArmChoice, NewStudy
from domain.studies.models import Study, StudyPicture
from tests.answers import SECRETS, Answered, make_answers
from tests.studies import REGION, make_rater, open_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
HOME = {"country": "ID", "languages": ["id"], "expertise_cuisine": "2"}
FACT = "Behind it: a fact that was retrieved."
# What would tell an arm from another.
ARMS = ("World", "Region", "Market", "helped model", "retriev")


def make_study(
    session: Session, settings: Settings, answered: Answered, form: str, *, is_open: bool = True
) -> Study:
    design, wording = presets.fill(
        settings, f"answers-{form}", REGION, design={"strata": [], "raters_per_item": 1}, wording={}
    )
    arms = [
        ArmChoice(variant_id=variant.id, is_baseline=number == 0)
        for number, variant in enumerate(answered.variants.values())
    ]
    new = NewStudy(
        name="Answers", region=REGION, prompt_set_id=answered.quiz.prompt_set_id, design=design,
        wording=wording, arms=tuple(arms),
    )  # fmt: skip
    draft = drafting.create(session, new, settings=settings, actor=None)
    return open_study(session, draft) if is_open else draft


def put_facts_behind(session: Session, answered: Answered) -> None:
    """As prompts.augment does."""
    session.execute(
        update(Prompt)
        .where(Prompt.prompt_set_id == answered.quiz.prompt_set_id)
        .values(asked=Prompt.text, text=Prompt.text + f" {FACT}")
    )


@pytest.fixture(params=["rank", "likert"])
def study(
    session: Session, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Study:
    answered = make_answers(session, tmp_path)
    put_facts_behind(session, answered)
    made = make_study(session, settings, answered, request.param)
    for picture in session.scalars(select(StudyPicture).where(StudyPicture.study_id == made.id)):
        Image.new("RGB", (64, 64), "teal").save(tmp_path / picture.file)
        session.execute(
            update(Artifact).where(Artifact.id == picture.artifact_id).values(uri=tmp_path.as_uri())
        )
    return made


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))


def rate(page: str) -> dict[str, str]:
    """Every criterion, whatever it is: the first level, or the places in order."""
    names = dict.fromkeys(re.findall(r'<input type="radio"\s+name="([a-z_0-9]+)"', page))
    places = [name for name in names if re.fullmatch(r"quality_\d", name)]
    levels = {name: "1" for name in names if name not in {*places, "cannot_judge"}}
    return levels | {name: str(place) for place, name in enumerate(places, 1)}


class Walk:
    """Everything that a browser is sent on the way, with the pictures and scripts of each page."""

    def __init__(self, browser: SignedInClient) -> None:
        self.browser = browser
        self.seen: list[Response] = []

    def get(self, address: str) -> Response:
        return self._keep(self.browser.get(address))

    def post(self, address: str, data: dict[str, str]) -> Response:
        return self._keep(self.browser.post(address, data=data))

    def _keep(self, answer: Response) -> Response:
        self.seen.append(answer)
        is_page = "text/html" in answer.headers.get("content-type", "")
        for link in set(re.findall(r'(?:src|href)="(/[^"#]+)"', answer.text)) if is_page else ():
            address = urljoin(str(answer.url), link)
            if "/rate/" in address and all(str(each.url) != address for each in self.seen):
                self.seen.append(self.browser.get(address))
        return answer

    def list_texts(self) -> Iterator[str]:
        for answer in self.seen:
            yield f"{answer.url}\n{answer.headers}\n{answer.text}"


def test_no_page_of_a_rater_shows_a_passage_its_score_or_its_source(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    walk = Walk(sign_in("annotator"))
    link = f"/join/{enrolment.invite(session, study, actor=None)}"
    walk.get(link)
    walk.post(link, {"consent": "yes"})
    about = walk.get(f"/rate/{study.id}/about-you").text
    walk.post(f"/rate/{study.id}/about-you", HOME | fields_of(about))
    walk.get(f"/rate/{study.id}/guide")
    work = walk.get(f"/rate/{study.id}/practice").headers["location"]
    num_rated = 0
    while (page := walk.get(work)).status_code == 200:
        action = re.findall(r'<form action="(/rate/[^"]+)"', page.text)[0]
        sent = walk.post(action, fields_of(page.text) | rate(page.text))
        assert sent.headers["location"] == work, sent.text
        num_rated += 1
    walk.get(f"/rate/{study.id}/done")
    walk.get(f"/rate/{study.id}/mine")
    for address in ("/outputs", "/variants", f"/benchmarks/{study.prompt_set_id}/items"):
        walk.get(address)

    assert num_rated >= 3
    assert session.scalars(select(RatingScore.value)).all()
    rated = "\n".join(walk.list_texts())
    assert "What is on plate dish-1?\nA. bread\nB. rice\nC. soup" in rated
    assert "says rice." in rated
    assert any(each.headers.get("content-type", "").startswith("image/") for each in walk.seen)
    for secret in (FACT, *SECRETS, *ARMS):
        assert secret not in rated, secret


@pytest.mark.parametrize("is_open", [False, True])
def test_the_preview_of_a_study_shows_prompts_without_the_facts_behind_them(
    session: Session, settings: Settings, tmp_path: Path, *, is_open: bool
) -> None:
    answered = make_answers(session, tmp_path)
    put_facts_behind(session, answered)
    study = make_study(session, settings, answered, "rank", is_open=is_open)
    shown = [previewing.show(session, study, number, "en").prompt for number in range(3)]
    assert len(set(shown)) == 3
    assert not [each for each in shown if FACT in each]


def test_researchers_read_a_prompt_with_the_facts_and_without(
    sign_in: SignIn, session: Session, tmp_path: Path
) -> None:
    answered = make_answers(session, tmp_path)
    put_facts_behind(session, answered)
    page = sign_in("researcher").get(f"/prompts/{answered.quiz.prompt_set_id}").text
    assert f"What is eaten? {FACT}</span>" in page
    assert "Raters read: What is eaten?</span>" in page


def test_no_country_stands_beside_a_question_as_it_might_be_the_answer(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    answered = make_answers(session, tmp_path)
    session.execute(
        update(Prompt)
        .where(Prompt.prompt_set_id == answered.quiz.prompt_set_id)
        .values(country="MM", stratum="cuisine")
    )
    study = make_study(session, settings, answered, "likert", is_open=False)
    shown = previewing.show(session, study, 0, "en")
    assert (shown.country, shown.stratum) == ("", "cuisine")
    rater = make_rater(session, open_study(session, study))
    (held,) = taking.take(session, rater.id, num=1).held
    assert views.show(session, rater, held, "en").country == ""
