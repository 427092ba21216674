"""Studies with something to find in them: how people of four countries judged three arms, with a
benchmark beside it, and names in Thai, Khmer and Burmese.
"""

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import JobState
from domain.outputs.models import Output
from domain.prompts.models import PromptSet
from domain.ratings import saving, taking
from domain.ratings.models import Rater
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies import opening
from domain.studies.drafting import ArmChoice
from domain.studies.models import Study, StudyItemMember, StudyPicture
from domain.users.person import Person
from domain.variants.models import Variant
from sandbox.world.scene import Scene, draw
from specs.kinds.images.images_generate import ImagesGenerate
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from tests import factories
from tests.benchmark_runs import run_benchmark
from tests.studies import make_design, make_draft, make_rater, make_wording, open_study

# Text, language, country and stratum of each prompt.
PROMPTS = (
    ("ข้าวมันไก่ในตลาดเช้า", "th", "TH", "cuisine"),
    ("พระปรางค์วัดอรุณยามพระอาทิตย์ตก", "th", "TH", "landmark"),
    ("គុយទាវភ្នំពេញពេលព្រឹក", "km", "KH", "cuisine"),
    ("ប្រាសាទអង្គរវត្តនៅពេលព្រលឹម", "km", "KH", "landmark"),
    ("ရန်ကုန်မြို့မှ မုန့်ဟင်းခါး", "my", "MM", "cuisine"),
    ("ရွှေတိဂုံစေတီတော် ညဥ့်အလင်း", "my", "MM", "landmark"),
    ("A bowl of bubur ayam at a street stall", "en", "ID", "cuisine"),
    ("Candi bentar of a temple in Bali", "en", "ID", "landmark"),
)
HOMES = (("TH", "th"), ("KH", "km"), ("MM", "my"), ("ID", "id"), ("ID", "jv"), ("NL", "nl"))
_CONCEPTS = ("kawung", "wau", "tumpeng", "candi_bentar", "ketupat")
_SEED = 11
_NUM_ITEMS = 40  # of the benchmark


@dataclass(frozen=True)
class Found:
    closed: str  # addresses
    pair: str
    open: str


def fill(session: Session, settings: Settings, folder: Path, boss: Person) -> Found:
    arms = _make_arms(session)
    prompts = _make_prompts(session)
    draw_outputs(session, arms, prompts)
    closed = _judge_levels(session, settings, arms, prompts, folder)
    opening.close(session, closed, actor=boss)
    pair = _judge_pairs(session, settings, arms, prompts)
    opening.close(session, pair, actor=boss)
    sealed = _make(session, settings, arms, prompts, LIKERT, "မနက်စာ ပုံများ, still open")
    _rate(session, sealed, _answer_levels(random.Random(_SEED)), num_raters=3)
    _draw_pictures(session, folder)
    return Found(*(f"/studies/{study.id}" for study in (closed, pair, sealed)))


LIKERT = make_design(
    criteria=[{"key": "correctness", "levels": 3}, {"key": "naturalness", "levels": 3}],
    strata=["cuisine", "landmark"],
    raters_per_item=4,
    controls={"repeats": 0.1},
)
PAIR = make_design(
    criteria=[{"key": "correctness", "levels": 3}], form="pair", controls={"repeats": 0}
)


def _make_arms(session: Session) -> tuple[Variant, ...]:
    base = factories.make_variant(session, name="SDXL base")
    tuned = factories.make_variant(session, base=base, name="SDXL tuned")
    return (
        base,
        *(
            factories.make_variant(session, base=base, tuned=tuned, beta=beta, name=name)
            for beta, name in ((0.25, "ผสม beta 0.25"), (0.5, "លាយ beta 0.5"))
        ),
    )


def _make_prompts(session: Session) -> PromptSet:
    names = ("text", "language", "country", "stratum")
    about = [dict(zip(names, each, strict=True)) for each in PROMPTS]
    lines = [
        json.dumps({"key": f"p{number}", "scope": "regional", **each})
        for number, each in enumerate(about)
    ]
    return factories.make_prompt_set(session, *lines, name="Mornings and places")


def draw_outputs(session: Session, arms: tuple[Variant, ...], prompts: PromptSet) -> None:
    """An output of every arm for every prompt, as rows."""
    for number, variant in enumerate(arms):
        artifact = factories.make_artifact(session, kind="outputs")
        job = factories.make_job(session, state=JobState.SUCCEEDED, spec=ImagesGenerate())
        for at, prompt in enumerate(factories.list_prompts(session, prompts)):
            factories.make_output(
                session, variant, prompt, job_id=job.id, artifact_id=artifact.id,
                sha256=f"{number:02d}{at:062d}",
            )  # fmt: skip


def _make(
    session: Session,
    settings: Settings,
    arms: tuple[Variant, ...],
    prompts: PromptSet,
    design: StudyDesign,
    name: str,
    **changes: Any,
) -> Study:
    words = make_wording(design, th={"title": "อาหารเช้า"}, km={"title": "អាហារពេលព្រឹក"})
    choices = [
        ArmChoice(variant_id=variant.id, is_baseline=number == 0)
        for number, variant in enumerate(arms)
    ]
    draft = make_draft(
        session, settings, design=design, num_arms=0, arms=tuple(choices), prompts=prompts,
        wording=words, name=name, **changes,
    )  # fmt: skip
    return open_study(session, draft)


def _judge_levels(
    session: Session,
    settings: Settings,
    arms: tuple[Variant, ...],
    prompts: PromptSet,
    folder: Path,
) -> Study:
    planned = Registration(
        primary_criterion="correctness",
        comparison="beta 0.25 against the base",
        minimum_effect=0.2,
        exclusions="Raters who fail more than two controls.",
    )
    name = "อาหารเช้า · អាហារពេលព្រឹក · မနက်စာ"
    study = _make(session, settings, arms, prompts, LIKERT, name, registration=planned)
    _rate(session, study, _answer_levels(random.Random(_SEED)), num_raters=len(HOMES))
    rng = random.Random(_SEED)
    hard = [rng.uniform(70, 100) for _ in range(_NUM_ITEMS)]
    scores = {
        f"beta-{arm.beta or 0:g}": (
            arm,
            [value - 5 * (arm.beta or 0) ** 2 + rng.uniform(-1.5, 1.5) for value in hard],
        )
        for arm in arms
    }
    benchmark = factories.make_benchmark(session, name="Everyday things")
    run_benchmark(session, folder, scores, benchmark=benchmark)
    return study


def _judge_pairs(
    session: Session, settings: Settings, arms: tuple[Variant, ...], prompts: PromptSet
) -> Study:
    study = _make(session, settings, arms, prompts, PAIR, "ស្រដៀងគ្នា Side by side")
    rng = random.Random(_SEED)

    def answer(arms: list[Variant]) -> object:
        """`1` or `2`: which of the two, as they stand in their slots."""
        better = max((0, 1), key=lambda place: (arms[place].beta or 0) + rng.uniform(0, 1.2))
        return rng.choices([better, "tie", "both_bad"], [8, 2, 1])[0]

    _rate(session, study, answer, num_raters=2)
    return study


def _answer_levels(rng: random.Random) -> Callable[[list[Variant]], object]:
    def answer(arms: list[Variant]) -> int:
        return min(3, max(1, round(1.6 + 1.4 * (arms[0].beta or 0) + rng.gauss(0, 0.6))))

    return answer


def _rate(
    session: Session,
    study: Study,
    answer: Callable[[list[Variant]], object],
    *,
    num_raters: int,
) -> None:
    """Every item that there is for each of them in turn, so that all of them rate."""
    raters = []
    for country, language in HOMES[:num_raters]:
        rater = make_rater(session, study, is_in_region=country != "NL")
        rater.profile = {"country": country, "languages": [language]}
        raters.append(rater)
    shown = _map_arms(session, study)
    while raters:
        raters = [each for each in raters if _rate_one(session, study, each, answer, shown)]


def _rate_one(
    session: Session,
    study: Study,
    rater: Rater,
    answer: Callable[[list[Variant]], object],
    shown: Mapping[uuid.UUID, list[Variant]],
) -> bool:
    held = taking.take(session, rater.id).held
    if not held:
        return False
    arms = shown[held[0].item_id]
    values: dict[str, Any] = {}
    for each in study.design["criteria"]:
        said = answer(arms)
        if study.design["form"] == "pair" and isinstance(said, int):
            said = held[0].slots.index(said) + 1
        values[each["key"]] = said
    active_ms = 3000 + 700 * (held[0].turn % 5)
    sent = Submission(client_key=uuid.uuid4(), values=values, active_ms=active_ms)
    saving.submit(session, rater.id, held[0].id, sent)
    return True


def _map_arms(session: Session, study: Study) -> dict[uuid.UUID, list[Variant]]:
    """Item -> its variants by slot."""
    found: dict[uuid.UUID, list[Variant]] = {}
    rows = session.execute(
        select(StudyItemMember.item_id, Variant)
        .join(Output, Output.id == StudyItemMember.output_id)
        .join(Variant, Variant.id == Output.variant_id)
        .join(StudyPicture, StudyPicture.id == StudyItemMember.picture_id)
        .where(StudyPicture.study_id == study.id)
        .order_by(StudyItemMember.item_id, StudyItemMember.slot)
    )
    for item_id, variant in rows:
        found.setdefault(item_id, []).append(variant)
    return found


def _draw_pictures(session: Session, folder: Path) -> None:
    """Each artifact has a folder of its own: no two are at one address."""
    for number, picture in enumerate(session.scalars(select(StudyPicture))):
        place = folder / str(picture.artifact_id)
        place.mkdir(exist_ok=True)
        colour = ("blue", "red", "green")[number % 3]
        draw(Scene(concept=_CONCEPTS[number % 5], colour=colour), number).save(place / picture.file)
        session.get_one(Artifact, picture.artifact_id).uri = place.as_uri()
