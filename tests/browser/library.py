"""A knowledge base in the middle of being curated, in several scripts, and an empty one."""

from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.jobs.models import JobState
from domain.knowledge import curating
from domain.settings import Settings
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PassageLine
from tests import factories, pictures

_PASSAGES = (
    PassageLine(
        title="Dishes · Soups · Soto ayam",
        text="Soto ayam is a clear chicken soup, yellow from turmeric.\n\nIt is eaten with rice, "
        "lime and sambal, in the morning as well as at night. <b>Markup</b> stays **text**.",
        picture="pictures/soto.png", region="sea", country="ID", language="en",
        source="https://example.org/a/very/long/address/without/any/space/in/it/about-soto-ayam",
        licence="CC-BY-SA-4.0",
    ),
    PassageLine(
        title="มื้อเช้า · โจ๊ก", text="โจ๊กเป็นข้าวต้มที่ต้มจนข้าวแตก กินกับขิงและต้นหอม",
        region="sea", country="TH", language="th", source="ตำราอาหาร", licence="CC0-1.0",
    ),
    PassageLine(
        title="မုန့်ဟင်းခါး", text="မုန့်ဟင်းခါးသည် ငါးဟင်းရည်နှင့် စားသော မုန့်ဖတ်ဖြစ်သည်။",
        region="sea", country="MM", language="my", licence="CC-BY-4.0",
    ),
    PassageLine(
        title="គុយទាវ", text="គុយទាវជាស៊ុបមីអង្ករ ដែលគេញ៉ាំពេលព្រឹក។",
        region="sea", country="KH", language="km", source="សៀវភៅ",
    ),
    PassageLine(text="A text that nobody gave a title, a source or a licence."),
)  # fmt: skip


def fill(session: Session, settings: Settings) -> dict[str, str]:
    """Addresses of its pages, by name."""
    uri = storage.join(settings.artifacts_root, "knowledge", "library")
    staged = storage.make_staging(settings.artifacts_root, settings.data, "library")
    (staged / "pictures").mkdir()
    (staged / "pictures" / "soto.png").write_bytes(pictures.png(480, 320))
    storage.publish_folder(staged, uri)
    artifact = factories.make_artifact(session, kind="knowledge", uri=uri)
    spec = KnowledgeImport(name="Breakfast, from Aceh to Tachileik", source="breakfast.md")
    job = factories.make_job(session, state=JobState.SUCCEEDED, spec=spec)
    factories.publish(session, job, artifact)
    base = factories.make_knowledge_base(session, name=spec.name, region="sea")
    curating.take_in(session, base.id, _PASSAGES, artifact=artifact, job=job)
    job.result = {
        "name": base.name, "knowledge_base_id": str(base.id), "digest": base.digest,
        "num_found": 7, "num_new": 5, "num_known": 1, "num_left_out": 1, "num_problems": 1,
        "problems": [
            {"reference": "breakfast.md, line 44", "reason": "no_text",
             "message": "The passage has no text."},
        ],
    }  # fmt: skip
    factories.make_knowledge_index(session, base, num_chunks=9)
    first = factories.make_passage(
        session, base, title="Kaya", text="A jam of coconut.", language="en", country="SG"
    )
    edited = curating.edit(
        session, base.id, first.id,
        {"title": "Kaya", "text": "A jam of coconut, eggs and pandan.", "language": "en",
         "country": "SG", "source": "Asked at the market", "licence": "CC0-1.0"},
        actor=None,
    )  # fmt: skip
    factories.make_knowledge_index(session, base, encoder=None, dim=0, num_chunks=10)
    empty = factories.make_knowledge_base(session, name="Weddings")
    here = f"/knowledge/{base.id}"
    return {
        "knowledge base": here,
        "knowledge narrowed": f"{here}?country=TH",
        "knowledge none match": f"{here}?words=pizza",
        "knowledge empty": f"/knowledge/{empty.id}",
        "knowledge job": f"/jobs/{job.id}",
        "passage": f"{here}/passages/{edited.id}",
        "passage earlier": f"{here}/passages/{first.id}",
        "passage edit": f"{here}/passages/{edited.id}/edit",
        "passage new": f"{here}/passages/new",
    }
