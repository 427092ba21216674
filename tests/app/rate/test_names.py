"""Countries, languages and strata are called what a rater's language calls them."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.rate import pages
from domain.regions import service as regions
from domain.settings import Settings
from domain.users.models import User
from reports.language import LANGUAGES
from tests.studies import REGION, make_rater, make_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


@pytest.mark.parametrize(
    "code", [each.code for each in LANGUAGES.values() if each.script != "Latn"]
)
def test_no_name_falls_back_to_latin_letters(settings: Settings, code: str) -> None:
    region = regions.get_region(settings, REGION)
    named = [*region.countries, *region.languages, *region.strata]
    found = [pages.name_in(each, code) for each in named]

    assert [name for name in found if any("a" <= letter.lower() <= "z" for letter in name)] == []
    assert len({pages.name_in(each, code) for each in region.strata}) == len(region.strata)


def test_what_the_regions_file_says_comes_before_what_everybody_says(settings: Settings) -> None:
    region = regions.get_region(settings, REGION)
    philippines = region.find_country("PH")
    assert philippines is not None
    assert [pages.name_in(philippines, each) for each in ("en", "fil", "vi", "th")] == [
        "Philippines", "Pilipinas", "Philippines", "ฟิลิปปินส์",
    ]  # fmt: skip


def test_about_you_asks_in_the_language_of_the_page(
    session: Session, settings: Settings, sign_in: SignIn
) -> None:
    rater = make_rater(session, make_study(session, settings))
    user = session.get_one(User, rater.user_id)
    user.language = "th"
    session.flush()
    text = sign_in(user=user).get(f"/rate/{rater.study_id}/about-you").text

    for name in ("อินโดนีเซีย", "เวียดนาม", "ประเพณี"):
        assert name in text
