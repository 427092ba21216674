"""Every page in every state worth looking at: who looks, where, and what they did first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

PHONE, DESK = 360, 1440


@dataclass(frozen=True)
class Scene:
    name: str
    address: str  # as typed, or a name in World.addresses
    who: str | None = "admin"
    act: Callable[[Page], object] | None = None
    status: int = 200
    widths: tuple[int, ...] = (PHONE, DESK)


def _submit(page: Page, form: str) -> None:
    """As a browser does that checks nothing itself: what the server says is looked at."""
    page.eval_on_selector(form, "form => { form.noValidate = true; form.requestSubmit(); }")


def send(form: str, **fields: str) -> Callable[[Page], None]:
    """Fill a form wrongly and send it; the answer says what is wrong."""

    def act(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"{form} [name={name}]", value)
        _submit(page, form)
        page.locator(".field-error, [role=alert]").first.wait_for()

    return act


def send_well(form: str, **fields: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"{form} [name={name}]", value)
        with page.expect_navigation():
            _submit(page, form)

    return act


def open_dialog(button: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator(button).first.click()
        page.locator("dialog[open]").wait_for()

    return act


def open_details(page: Page) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


def open_menu(page: Page) -> None:
    page.click(".site-menu-button")
    page.locator(".site-menu").wait_for(state="visible")


def show_plan(page: Page) -> None:
    with page.expect_navigation():
        page.click("button[name=only_check]")


LONG_FORMS = (
    "dataset.filter",
    "model.import",
    "model.finetune",
    "model.merge",
    "images.generate",
    "benchmark.run",
    "sandbox.draw",
    "model.instruct",
    "answers.generate",
    "answers.score",
    "answers.compare",
    "knowledge.index",
    "knowledge.retrieve",
)
SCENES = (
    Scene("sign-in", "/sign-in", who=None),
    Scene(
        "sign-in-refused",
        "/sign-in",
        who=None,
        act=send("main form", email="rani@example.org", password="not the password"),
        status=422,
    ),
    Scene("link", "link", who=None),
    Scene("link-spent", "spent link", who=None, status=422),
    Scene("not-found", "/no/such/page", status=404),
    Scene("forbidden", "/jobs", who="annotator", status=403),
    Scene("home", "/"),
    Scene("home-menu", "/", act=open_menu, widths=(PHONE,)),
    Scene("home-annotator", "/", who="annotator"),
    Scene("jobs", "/jobs"),
    Scene("jobs-none-match", "/jobs?state=lost"),
    Scene("jobs-cancel", "/jobs", act=open_dialog("[data-opens^=cancel]")),
    Scene("queue", "/jobs/queue"),
    Scene("job-kinds", "/jobs/new"),
    Scene("launch", "/jobs/new/system.check"),
    Scene(
        "launch-errors",
        "/jobs/new/system.check",
        act=send("#launch", disk_mb="0", multiply_size="1"),
        status=422,
    ),
    Scene("job-running", "running"),
    Scene("job-cancel", "running", act=open_dialog("[data-opens=cancel]")),
    Scene("job-failed", "failed", act=open_details),
    Scene("job-queued", "queued"),
    Scene("job-waiting", "waiting"),
    Scene("job-blocked", "blocked"),
    Scene("job-cancelled", "cancelled"),
    Scene("job-succeeded", "succeeded"),
    Scene("job-check", "check"),
    Scene("job-filtering", "filtering"),
    Scene("job-tuning", "tuning", act=open_details),
    Scene("job-merging", "merging"),
    Scene("job-drawing", "drawing"),
    Scene("job-scoring", "scoring"),
    *(Scene(f"launch-{kind}", f"/jobs/new/{kind}") for kind in LONG_FORMS),
    Scene("launch-preset", "/jobs/new/model.finetune?preset=paper-sdxl", act=open_details),
    Scene("recipe", "/recipes/new?name=sandbox", act=show_plan),
    Scene("variants", "/variants"),
    Scene("variants-none", "/variants?role=tuned&family=other"),
    Scene("variant", "merge"),
    Scene("variant-base", "base"),
    Scene("compare", "compare"),
    Scene("compare-one", "/variants/compare"),
    Scene("prompts", "/prompts"),
    Scene("prompt-set", "prompt set"),
    Scene("prompts-new", "/prompts/new"),
    Scene(
        "prompts-errors",
        "/prompts/new",
        act=send("main form", name="", text='{"key": "a"}\n{"text": ""}\nno'),
        status=422,
    ),
    Scene("knowledge", "/knowledge"),
    Scene("knowledge-base", "knowledge base"),
    Scene("knowledge-narrowed", "knowledge narrowed"),
    Scene("knowledge-none-match", "knowledge none match"),
    Scene("knowledge-empty", "knowledge empty"),
    Scene("knowledge-new", "/knowledge/new"),
    Scene("passage", "passage"),
    Scene("passage-earlier", "passage earlier"),
    Scene("passage-remove", "passage", act=open_dialog("[data-opens=remove]")),
    Scene("passage-edit", "passage edit"),
    Scene(
        "passage-errors",
        "passage new",
        act=send("main form", text="", country="Indonesia", language="very english"),
        status=422,
    ),
    Scene("import-knowledge", "/knowledge/import?name=Breakfast", act=open_details),
    Scene("job-knowledge", "knowledge job", act=open_details),
    Scene("benchmarks", "/benchmarks"),
    Scene("benchmark", "benchmark", act=open_details),
    Scene("benchmark-new", "/benchmarks/new"),
    Scene("quiz", "quiz", act=open_details),
    Scene("quiz-questions", "quiz questions"),
    Scene("quiz-none-match", "no question"),
    Scene("import-quiz", "/benchmarks/import", act=open_details),
    Scene("outputs", "answers"),
    Scene("output", "answer"),
    Scene("variant-helped", "helped"),
    Scene("two-by-two-new", "/two-by-two/new", act=open_details),
    Scene("comparisons", "/comparisons"),
    Scene("comparisons-none", "/comparisons?kind=distillation.run"),
    Scene("ablation", "ablation"),
    Scene("two-by-two", "two by two"),
    Scene("job-comparing", "comparing"),
    Scene("study-of-answers", "study of answers"),
    Scene("rank-of-answers", "rank of answers"),
    Scene("datasets", "/datasets"),
    Scene("dataset", "dataset"),
    Scene("dataset-pool", "pool"),
    Scene("funnel", "funnel"),
    Scene("dataset-rename", "dataset", act=open_dialog("[data-opens=rename]")),
    Scene("import", "/datasets/import", act=open_details),
    Scene("import-outputs", "/outputs/import", act=open_details),
    Scene(
        "import-errors",
        "/datasets/import",
        act=send("#import", source="/nowhere", name="", licence=""),
        status=422,
    ),
    Scene("people", "/people"),
    Scene("person", "person"),
    Scene("person-disable", "person", act=open_dialog("[data-opens=disable]")),
    Scene("person-link", "person", act=send_well("form[action$=link]")),
    Scene("person-new", "/people/new"),
    Scene("person-errors", "/people/new", act=send("main form", email="nowhere"), status=422),
    Scene("account", "/account"),
    Scene("tokens", "/tokens"),
    Scene("token-revoke", "/tokens", act=open_dialog("[data-opens^=revoke]")),
    Scene("token-new", "/tokens", act=send_well("main form", name="Weekly report")),
    Scene("audit", "/audit"),
    Scene("styleguide", "/styleguide"),
)

FIRST_DAY = (
    Scene("first-home", "/"),
    Scene("first-jobs", "/jobs"),
    Scene("first-queue", "/jobs/queue"),
    Scene("first-datasets", "/datasets"),
    Scene("first-import", "/datasets/import"),
    Scene("first-variants", "/variants"),
    Scene("first-prompts", "/prompts"),
    Scene("first-knowledge", "/knowledge"),
    Scene("first-benchmarks", "/benchmarks"),
    Scene("first-studies", "/studies"),
    Scene("first-study", "/studies/new"),
    Scene("first-people", "/people"),
    Scene("first-tokens", "/tokens"),
    Scene("first-audit", "/audit"),
)
