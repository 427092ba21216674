"""A quiz, answers to it with and without passages, their comparison, and a draft of a study."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.comparisons import two_by_two
from domain.outputs.models import Output
from domain.settings import Settings
from tests.ablations import make_ablation
from tests.answers import make_answers, make_comparison
from tests.factories import make_score


def fill(session: Session, settings: Settings) -> dict[str, str]:
    """Addresses of its pages, by name."""
    answered = make_answers(session, settings.data / "kitchen")
    quiz, variants = answered.quiz, answered.variants
    for scope in ("global", "regional"):
        for at, variant in enumerate(variants.values()):
            make_score(
                session, variant, quiz, mode="choice", judge="the option's letter", scope=scope,
                metric="choice", value=41.5 + 7 * at, facts={"n_refused": at, "n_unparsable": 2},
                by_category={"country:ID": 40.0 + at, "language:en": 50.0},
            )  # fmt: skip
    helped = variants["base, helped"]
    output = session.scalars(select(Output).where(Output.variant_id == helped.id).limit(1)).one()
    job = make_comparison(session, answered)
    study = two_by_two.draft_study(session, job, "rank", settings, actor=None)
    return {
        "quiz": f"/benchmarks/{quiz.id}",
        "quiz questions": f"/benchmarks/{quiz.id}/items",
        "no question": f"/benchmarks/{quiz.id}/items?country=VN",
        "answer": f"/outputs/{output.id}",
        "answers": f"/outputs?variant={helped.id}",
        "helped": f"/variants/{helped.id}",
        "two by two": f"/two-by-two/{job.id}",
        "comparing": f"/jobs/{job.id}",
        "ablation": f"/ablation/{make_ablation(session).id}",
        "study of answers": f"/studies/{study.id}",
        "rank of answers": f"/studies/{study.id}/preview/work",
    }
