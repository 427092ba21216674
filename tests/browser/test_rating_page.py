"""The page on which people rate: its weight, its letters, and that everybody can use it."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from app.formatting import Formats
from domain.ratings.models import Rater, Rating
from domain.studies.models import StudyArm
from domain.variants.models import Variant
from tests.browser import inspection, rating
from tests.browser.conftest import OpenBrowser
from tests.browser.inspection import Watch
from tests.browser.rating import join
from tests.browser.scenes import DESK, PHONE
from tests.browser.test_keyboard import walk_to
from tests.browser.website import Website
from tests.factories import list_prompts, make_prompt_set
from tests.studies import make_design, make_draft, make_wording, open_study

pytestmark = pytest.mark.xdist_group("browser-paths")

MOST_BYTES = 120_000
LEAST_TARGET_PX = 44
# WCAG 1.4.10: what 400 % makes of 1280 px.
REFLOW = 320
LANGUAGES = ("en", "id", "th", "km", "my", "lo", "ta", "zh")
DESIGN = make_design(
    criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0}, raters_per_item=50
)
FONTS = {
    "en": [],
    "id": [],
    "th": ["noto-sans-thai.woff2"],
    "lo": ["noto-sans-lao.woff2"],
    "km": ["noto-sans-khmer.woff2"],
    "my": ["noto-sans-myanmar.woff2"],
    "ta": ["noto-sans-tamil.woff2"],
}


def say(title: str, consent: str, question: str, *anchors: str) -> dict[str, Any]:
    criterion = {"name": title, "question": question, "anchors": list(anchors)}
    return {
        "title": title, "about": question, "consent": consent, "guide": f"{question}\n\n{consent}",
        "criteria": {"correctness": criterion},
    }  # fmt: skip


WORDS = {
    "id": say(
        "Sarapan", "Anda ikut serta dengan sukarela.", "Seberapa benar gambar ini?",
        "Salah", "Sebagian benar", "Benar",
    ),
    "th": say(
        "อาหารเช้าของคนในภูมิภาค", "คุณเข้าร่วมโดยสมัครใจ และหยุดได้ทุกเมื่อ",
        "ภาพนี้แสดงอาหารที่ถามถึงได้ถูกต้องเพียงใดเมื่อเทียบกับสิ่งที่คุณรู้จัก",
        "ไม่ถูกต้อง", "ถูกต้องเพียงบางส่วน", "ถูกต้องทั้งหมด",
    ),
    "lo": say(
        "ອາຫານເຊົ້າ", "ທ່ານເຂົ້າຮ່ວມດ້ວຍຄວາມສະໝັກໃຈ", "ຮູບນີ້ຖືກຕ້ອງພຽງໃດ",
        "ບໍ່ຖືກຕ້ອງ", "ຖືກຕ້ອງບາງສ່ວນ", "ຖືກຕ້ອງ",
    ),
    "km": say(
        "អាហារពេលព្រឹក", "អ្នកចូលរួមដោយស្ម័គ្រចិត្ត។",
        "តើរូបភាពនេះបង្ហាញអាហារដែលបានសួរត្រឹមត្រូវកម្រិតណាបើធៀបនឹងអ្វីដែលអ្នកស្គាល់",
        "មិនត្រឹមត្រូវ", "ត្រឹមត្រូវមួយផ្នែក", "ត្រឹមត្រូវទាំងស្រុង",
    ),
    "my": say(
        "မနက်စာ", "သင်သည် မိမိဆန္ဒအလျောက် ပါဝင်ပါသည်။",
        "ဤပုံသည် မေးထားသောအစားအစာကို သင်သိသည့်အရာနှင့်နှိုင်းယှဉ်လျှင် မည်မျှမှန်ကန်စွာ ပြသသနည်း။",
        "မမှန်ပါ", "တစ်စိတ်တစ်ပိုင်း မှန်သည်", "လုံးဝမှန်ကန်သည်",
    ),
    "ta": say(
        "காலை உணவு", "நீங்கள் விருப்பத்துடன் பங்கேற்கிறீர்கள்.", "இந்தப் படம் எவ்வளவு சரி?",
        "தவறு", "ஓரளவு சரி", "சரி",
    ),
    "zh": say(
        "早餐", "您自愿参加。", "这张图片有多正确",
        "不正确", "部分正确", "正确",
    ),
}  # fmt: skip
ZAWGYI, UNICODE = "ေကာင္းတယ္", "ကောင်းတယ်"


@pytest.fixture(scope="module")
def link(website: Website, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pictures")
    with website.session() as session:
        return rating.open_study(
            session, website.settings, folder, num_items=6, num_arms=1, design=DESIGN,
            wording=make_wording(DESIGN, **WORDS),
        )  # fmt: skip


@pytest.fixture
def at_work(open_browser: OpenBrowser, link: str) -> Page:
    """With the first item, on a wide screen."""
    page = open_browser().new_page()
    join(page, link)
    return page


def weigh(context: BrowserContext, page: Page, address: str) -> dict[str, float]:
    """Bytes as they came over the wire, by what they were; nothing was there before."""
    kinds: dict[str, str] = {}
    weights: dict[str, float] = {}
    client = context.new_cdp_session(page)

    def note(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def count(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        weights[kind] = weights.get(kind, 0) + event["encodedDataLength"]

    client.on("Network.responseReceived", note)
    client.on("Network.loadingFinished", count)
    client.send("Network.enable")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return weights


@pytest.mark.parametrize("language", ["en", "my"])
def test_the_first_screen_weighs_at_most_120_kb_without_picture_and_font(
    open_browser: OpenBrowser, link: str, language: str
) -> None:
    before = open_browser(width=PHONE, language=language)
    page = before.new_page()
    join(page, link)
    context = open_browser(width=PHONE, language=language)
    context.add_cookies(before.cookies())  # type: ignore[arg-type]  # what one gives the other takes
    weights = weigh(context, context.new_page(), page.url)

    assert {"Document", "Stylesheet", "Script", "Image"} <= set(weights)
    assert sum(weights[kind] for kind in ("Document", "Stylesheet", "Script")) <= MOST_BYTES


@pytest.mark.parametrize(("language", "files"), FONTS.items())
def test_a_reader_fetches_the_font_of_their_language_and_no_other(
    open_browser: OpenBrowser, link: str, language: str, files: list[str]
) -> None:
    page = open_browser(width=PHONE, language=language).new_page()
    watch = Watch(page)
    join(page, link)
    inspection.settle(page)
    fetched = {each.url.rsplit("/", 1)[-1] for each in watch.requests if "woff2" in each.url}

    assert sorted(fetched) == files


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_is_cut_off_in_any_script(
    open_browser: OpenBrowser, link: str, screenshots: Path, language: str, width: int
) -> None:
    page = open_browser(width=width, language=language).new_page()
    watch = Watch(page)
    page.goto(link)
    _look(page, watch, screenshots, f"rating-page-invite-{language}-{width}")
    rating.come_to_guide(page, link)
    _look(page, watch, screenshots, f"rating-page-guide-{language}-{width}")
    page.click("main a.button")
    page.wait_for_url("**/work")
    page.click(".cannot-judge summary")
    _look(page, watch, screenshots, f"rating-page-work-{language}-{width}")


def _look(page: Page, watch: Watch, folder: Path, name: str) -> None:
    page.wait_for_load_state()
    inspection.check(page, watch)
    assert inspection.find_clipped_text(page) == []
    inspection.take_screenshot(page, folder, name)


_LIST_WHAT_IS_SEEN = """
() => [...document.querySelectorAll("header p, h1, legend, label, button, summary, main img, a")]
  .filter((each) => each.checkVisibility())
  .map((each) => each.alt || each.textContent.replace(/\\s+/g, " ").trim())
"""
_ENLARGE_TEXT = "document.documentElement.style.fontSize = '200%'"


@pytest.mark.parametrize("language", ["en", "my"])
def test_enlarged_to_200_percent_and_more_nothing_is_lost_or_scrolled_sideways(
    open_browser: OpenBrowser, link: str, language: str
) -> None:
    page = open_browser(language=language).new_page()
    join(page, link)
    page.click(".cannot-judge summary")
    seen = page.evaluate(_LIST_WHAT_IS_SEEN)
    assert len(seen) > 12
    for width, script in ((DESK // 2, ""), (REFLOW, ""), (PHONE, _ENLARGE_TEXT)):
        page.set_viewport_size({"width": width, "height": 430})
        page.evaluate(script)
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert sideways <= 0, f"{sideways} px too wide at {width} px, {script}"
        assert page.evaluate(_LIST_WHAT_IS_SEEN) == seen
        assert inspection.find_clipped_text(page) == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_everything_that_is_pressed_is_large_enough_for_a_thumb(
    open_browser: OpenBrowser, link: str, width: int
) -> None:
    page = open_browser(width=width).new_page()
    join(page, link)
    page.click(".cannot-judge summary")

    assert inspection.find_small_targets(page, LEAST_TARGET_PX) == []


def test_nothing_moves_for_those_who_asked_for_less_motion(at_work: Page) -> None:
    at_work.check("input[name=correctness][value='2']")
    at_work.click("text=Save and next")

    assert inspection.find_motion(at_work) == []


def test_focus_is_seen_at_every_step_from_the_top_to_the_last_button(at_work: Page) -> None:
    walk_to(at_work, "input[name=correctness]")
    walk_to(at_work, "textarea")
    walk_to(at_work, "[name=do][value=flag]")
    walk_to(at_work, "[data-shortcuts]")


def test_a_question_mark_tells_the_shortcuts_and_they_can_be_switched_off(at_work: Page) -> None:
    page, token = at_work, rating.read_token(at_work)
    dialog = page.locator("#shortcuts")
    page.locator("input[name=correctness]").first.focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    switch = page.locator("[data-shortcuts]")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    for _ in range(2):  # also with the item that comes next
        expect(switch).to_have_attribute("aria-pressed", "false")
        page.locator("input[name=correctness]").first.focus()
        page.keyboard.press("3")
        page.keyboard.press("?")
        expect(page.locator("input[name=correctness]:checked")).to_have_count(0)
        expect(dialog).to_be_hidden()
        page.check("input[name=correctness][value='1']")
        page.click("text=Save and next")
        rating.expect_another(page, token)
        token = rating.read_token(page)
    switch.click()
    page.locator("input[name=correctness]").first.focus()
    page.keyboard.press("3")
    expect(page.locator("input[name=correctness][value='3']")).to_be_checked()


@pytest.mark.parametrize("language", ["id", "th", "km", "my", "lo"])
def test_times_are_never_written_in_another_language_than_the_page(
    open_browser: OpenBrowser, link: str, language: str
) -> None:
    page = open_browser(width=PHONE, language=language).new_page()
    join(page, link)
    page.goto(page.url)  # with the clock of the lease as the server wrote it
    time = page.locator("main time").first
    is_known = page.evaluate("tag => Intl.DateTimeFormat.supportedLocalesOf(tag).length", language)
    moment = dt.datetime.fromisoformat(time.get_attribute("datetime") or "")
    if is_known:
        expect(time).not_to_contain_text("UTC")
        written = page.evaluate(
            "([moment, tag]) => new Intl.DateTimeFormat(tag, {dateStyle: 'medium', timeStyle: "
            "'short'}).format(new Date(moment))",
            [moment.isoformat(), language],
        )
    else:
        written = Formats(language).datetime(moment)
    expect(time).to_have_text(written)
    if language != "id":
        assert re.findall("[A-Za-z]+", time.text_content() or "") in ([], ["UTC"])


@pytest.fixture(scope="module")
def link_to_practice(website: Website, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A study with one output to practise on."""
    with website.session() as session:
        prompts = make_prompt_set(session, "a bowl of noodles", "a boat", scope="regional")
        key = list_prompts(session, prompts)[0].key
        practice = [{"prompt_key": key, "arm": "Practised", "best": {"correctness": 3}}]
        design = DESIGN.model_copy(update={"practice": make_design(practice=practice).practice})
        draft = make_draft(session, website.settings, design=design, num_arms=1, prompts=prompts)
        arm = session.scalars(select(StudyArm).where(StudyArm.study_id == draft.id)).one()
        session.get_one(Variant, arm.variant_id).name = "Practised"
        session.flush()
        folder = tmp_path_factory.mktemp("practice")
        return rating.invite(session, open_study(session, draft), folder)


@pytest.mark.parametrize("scripts", [True, False])
def test_practice_is_explained_and_comes_once_before_the_work(
    open_browser: OpenBrowser, website: Website, link_to_practice: str, *, scripts: bool
) -> None:
    page = open_browser(width=PHONE, scripts=scripts).new_page()
    rating.come_to_guide(page, link_to_practice)
    page.click("text=Start with practice")
    expect(page.locator(".rate-progress")).to_have_text("Practice: nothing here counts.")
    page.check("input[name=correctness][value='1']")
    page.click("text=Save and next")
    expect(page.locator("main")).to_contain_text("Because of the rice.")
    expect(page.locator("main")).to_contain_text("You chose otherwise.")
    assert inspection.find_clipped_text(page) == []
    page.click("text=Go on")
    page.wait_for_url("**/work")
    expect(page.locator(".rate-progress")).not_to_contain_text("Practice")
    page.goto(page.url.replace("/work", "/guide"))
    expect(page.locator("main a.button")).to_have_text("Start rating")
    with website.session() as session:
        newest = session.scalars(select(Rater).order_by(Rater.id.desc())).first()
        assert newest is not None
        assert newest.practised_at is not None


def find_comment(website: Website) -> tuple[str, str | None, bool]:
    """Of the newest rating."""
    with website.session() as session:
        newest = session.scalars(select(Rating).order_by(Rating.id.desc())).first()
        assert newest is not None
        return newest.comment, newest.comment_in_unicode, newest.is_zawgyi_asked


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("answer", "stored"), [("Change it to Unicode", UNICODE), ("Keep it as I wrote it", None)]
)
def test_a_comment_in_zawgyi_is_asked_about_before_it_is_saved(
    open_browser: OpenBrowser,
    website: Website,
    link: str,
    answer: str,
    stored: str | None,
    *,
    scripts: bool,
) -> None:
    page = open_browser(width=PHONE, scripts=scripts).new_page()
    join(page, link)
    token = rating.read_token(page)
    page.check("input[name=correctness][value='2']")
    page.fill("textarea", ZAWGYI)
    page.click("text=Save and next")
    expect(page.locator("#zawgyi-question")).to_contain_text("seems to be written in Zawgyi")
    assert rating.read_token(page) == token
    expect(page.locator("input[name=correctness][value='2']")).to_be_checked()
    assert inspection.find_small_targets(page, LEAST_TARGET_PX) == []
    page.click(f"text={answer}")
    rating.expect_another(page, token)
    if scripts:
        expect(page.locator("[data-rate-status]")).to_have_text("Saved")

    assert find_comment(website) == (ZAWGYI, stored, True)


def test_without_a_network_nobody_is_asked_and_nothing_gets_stuck(
    open_browser: OpenBrowser, website: Website, link: str
) -> None:
    context = open_browser(width=PHONE)
    page = context.new_page()
    join(page, link)
    page.wait_for_load_state("networkidle")
    token = rating.read_token(page)
    context.set_offline(True)
    page.check("input[name=correctness][value='2']")
    page.fill("textarea", ZAWGYI)
    page.click("text=Save and next")
    rating.expect_another(page, token)
    expect(page.locator("[data-rate-status]")).to_contain_text("kept on this device")
    context.set_offline(False)
    expect(page.locator("[data-rate-status]")).to_have_text("Saved")

    assert find_comment(website) == (ZAWGYI, None, False)
