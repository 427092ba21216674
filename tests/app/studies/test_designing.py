"""A study made on screen: what is typed becomes a draft, or stays there with what is wrong."""

import html
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.studies import defaults, forms, parsing
from domain.regions import service as regions
from domain.settings import Settings
from domain.studies import service as studies
from domain.studies import versions
from domain.studies.models import Study
from specs.study.registration import Registration
from tests.factories import list_prompts, make_output, make_prompt_set, make_variant
from tests.studies import make_design, make_draft, make_study, make_wording
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])


@pytest.fixture
def typed(session: Session) -> dict[str, str]:
    """A whole form: two arms and real photos over one prompt."""
    prompts = make_prompt_set(session, "a dish", scope="regional")
    (prompt,) = list_prompts(session, prompts)
    arms = [make_variant(session, name=name) for name in ("Plain", "Adapted", "Photos")]
    for arm in arms:
        make_output(session, arm, prompt)
    begun = forms.fill(DESIGN, None, make_wording(DESIGN).model_dump(mode="json"), {}).values
    roles = zip(arms, ("baseline", "arm", "photos"), strict=True)
    return {
        **begun,
        "name": "Dishes",
        "region": "sea",
        "prompt_set": str(prompts.id),
        "primary_criterion": "correctness",
        "comparison": "Adapted against Plain",
        "minimum_effect": "0.08",
        **{f"arm-{arm.id}": role for arm, role in roles},
    }


def test_the_form_begins_with_a_design_and_words_that_are_right_but_for_names(
    sign_in: SignIn, session: Session
) -> None:
    make_prompt_set(session, name="Markets")
    page = html.unescape(sign_in().get("/studies/new").text)

    for there in ("Markets", "correctness: 3", "lease_minutes: 30", "Southeast Asia", "anchors:"):
        assert there in page
    assert "Only models with outputs are offered." in page
    wrong: dict[str, str] = {}
    text = forms.begin({}, None).values["words"]
    assert parsing.parse_words(text, wrong, str) is None
    assert wrong == {"words": "languages.en.title: Fill this in."}
    filled = text.replace("title: ''", "title: A").replace("runner: ''", "runner: B")
    assert parsing.parse_words(filled, {}, str) is not None


def test_a_preset_that_nobody_wrote_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get("/studies/new?preset=nonsense").status_code == 404


def test_a_preset_says_what_it_says_and_leaves_the_rest_to_the_defaults(
    settings: Settings,
) -> None:
    region = regions.get_region(settings, "sea")
    begun = forms.begin({"design": {"form": "pair", "raters_per_item": 7}}, region).values

    assert (begun["form"], begun["raters_per_item"]) == ("pair", "7")
    assert begun["criteria"] == "correctness: 3\nnaturalness: 3"
    assert "strata:\n- tradition\n" in begun["design"]
    assert defaults.WORDS["languages"]["en"]["duration"] in begun["words"]


def test_what_is_typed_becomes_a_draft(
    sign_in: SignIn, session: Session, typed: dict[str, str]
) -> None:
    answer = sign_in().post("/studies/new", data=typed)
    made = session.scalars(select(Study)).one()

    assert answer.headers["location"] == f"/studies/{made.id}"
    assert (made.name, made.region, made.state) == ("Dishes", "sea", "draft")
    assert studies.read_design(made) == DESIGN
    assert studies.read_registration(made) == Registration(
        primary_criterion="correctness", comparison="Adapted against Plain", minimum_effect=0.08
    )
    assert versions.read_wording(versions.get_version(session, made)) == make_wording(DESIGN)
    arms = {v.name: (a.is_baseline, a.is_photo) for a, v in studies.list_arms(session, made)}
    assert arms == {"Plain": (True, False), "Adapted": (False, False), "Photos": (False, True)}


def test_without_a_plan_there_is_no_registration(
    sign_in: SignIn, session: Session, typed: dict[str, str]
) -> None:
    nothing = dict.fromkeys(("primary_criterion", "comparison", "minimum_effect"), "")
    sign_in().post("/studies/new", data=typed | nothing)

    assert session.scalars(select(Study)).one().registration is None


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "A name has 1 to 120 characters."),
        ({"prompt_set": "nonsense"}, "prompt_set", "Choose a set of prompts."),
        ({"criteria": ""}, "criteria", "Name at least one criterion."),
        ({"criteria": "correctness: 9"}, "criteria", "It must be at most 7."),
        ({"criteria": "Right, really: 3"}, "criteria", "small letters, digits and underscores"),
        ({"raters_per_item": "many"}, "raters_per_item", "Enter a whole number."),
        ({"warn_after": "-1"}, "warn_after", "It must be at least 0."),
        ({"design": "strata: [a"}, "design", "This is not YAML: line 1"),
        ({"design": "- a"}, "design", "It does not hold fields and values."),
        ({"design": "lease_minutes: 1"}, "design", "lease_minutes: It must be at least 5."),
        ({"design": "form: pair"}, "design", "'form' has a field of its own."),
        (
            {"design": "controls: {warn_after: 3}"},
            "design",
            "'controls.warn_after' has a field of its own.",
        ),
        ({"design": "controls: 3"}, "design", "controls: Input should be"),
        ({"minimum_effect": "0"}, "minimum_effect", "It must be more than 0."),
        ({"comparison": ""}, "comparison", "Fill this in."),
        ({"words": "languages: {}"}, "words", "in English at least"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    sign_in: SignIn,
    session: Session,
    typed: dict[str, str],
    changes: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    refused = sign_in().post("/studies/new", data=typed | changes)
    page = html.unescape(refused.text)

    assert refused.status_code == 422
    said = page.split(f'id="field-{field}-error">', 1)
    assert len(said) == 2, page
    assert sentence in said[1].split("</p>", 1)[0]
    kept = typed | changes
    for name in ("comparison", "design", "words", "criteria"):
        assert kept[name] in page
    assert page.count('<option value="baseline" selected>') == 1
    assert session.scalars(select(Study)).all() == []


def test_two_baselines_are_refused_and_both_stay_chosen(
    sign_in: SignIn, session: Session, typed: dict[str, str]
) -> None:
    twice = {name: "baseline" for name, role in typed.items() if role == "arm"}
    refused = sign_in().post("/studies/new", data=typed | twice)

    assert refused.status_code == 422
    assert "Only one arm can be the baseline." in refused.text
    assert refused.text.count('<option value="baseline" selected>') == 2


def test_a_model_that_is_gone_is_said(sign_in: SignIn, typed: dict[str, str]) -> None:
    refused = sign_in().post("/studies/new", data=typed | {"arm-nonsense": "arm"})

    assert "One of these models is no longer there." in refused.text


def test_a_name_that_is_taken_is_said_beside_it(
    sign_in: SignIn, session: Session, settings: Settings, typed: dict[str, str]
) -> None:
    make_draft(session, settings, name="Dishes")
    refused = sign_in().post("/studies/new", data=typed)

    assert refused.status_code == 422
    assert "There is already a study named" in refused.text


def test_a_draft_is_changed_and_keeps_what_it_is_about(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    draft = make_draft(session, settings, design=DESIGN, name="Dishes")
    browser, address = sign_in(), f"/studies/{draft.id}/edit"
    page = html.unescape(browser.get(address).text)
    assert page.count('<option value="baseline" selected>') == 1
    assert "correctness: 3" in page
    assert 'name="words"' not in page
    values = forms.fill(make_design(form="pair"), None, {}, {}).values
    (baseline, _), (arm, _) = studies.list_arms(session, draft)
    roles = {f"arm-{baseline.variant_id}": "arm", f"arm-{arm.variant_id}": "baseline"}
    answer = browser.post(address, data=dict(values) | roles)
    session.refresh(draft)

    assert answer.headers["location"] == f"/studies/{draft.id}"
    assert draft.design["form"] == "pair"
    assert draft.name == "Dishes"
    found = {each.variant_id: each.is_baseline for each, _ in studies.list_arms(session, draft)}
    assert found == {arm.variant_id: True, baseline.variant_id: False}


def test_an_open_study_is_frozen_and_says_so(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, design=DESIGN)
    values = forms.fill(make_design(form="pair"), None, {}, {}).values
    refused = sign_in().post(f"/studies/{study.id}/edit", data=dict(values))

    assert refused.status_code == 422
    assert "arms, scale, criteria and prompts are frozen" in refused.text
    assert sign_in().get(f"/studies/{study.id}/edit").status_code == 409
    session.refresh(study)
    assert study.design["form"] == "likert"
