import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.benchmarks import service as benchmarks
from domain.datasets import service as datasets
from domain.knowledge import service as knowledge
from domain.settings import Settings
from domain.shipped import service as shipped
from domain.variants import service as variants
from sandbox import assets, entries


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files where the shipped models are; what is in them does not matter here."""
    for name in ("base", "judge"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(f'{{"name": "{name}"}}')
        monkeypatch.setitem(assets._PLACES, f"sandbox-{name}", tmp_path / name)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "config.json").write_text('{"name": "answers"}')
    (tmp_path / "answers" / "metrics.json").write_text('{"base": {"global, thing": 1}}')
    monkeypatch.setitem(assets._PLACES, "sandbox-answers-base", tmp_path / "answers")
    monkeypatch.setattr(assets, "ANSWERS", tmp_path / "answers")
    for family in ("clip", "siglip2"):
        (tmp_path / "embeddings" / family).mkdir(parents=True)
        (tmp_path / "embeddings" / family / "config.json").write_text(f'{{"name": "{family}"}}')
        monkeypatch.setitem(assets._PLACES, f"sandbox-{family}", tmp_path / "embeddings" / family)
    measured_encoder = {"base": {"global, en": 1}}
    figures = json.dumps({"clip": measured_encoder, "siglip2": measured_encoder})
    (tmp_path / "embeddings" / "metrics.json").write_text(figures)
    monkeypatch.setattr(assets, "EMBEDDINGS", tmp_path / "embeddings")
    measured = {"base": {"regional": {"value": 0.7}}, "judge": {"drawings": {"concept": 0.99}}}
    (tmp_path / "metrics.json").write_text(json.dumps(measured))
    monkeypatch.setattr(assets, "WEIGHTS", tmp_path)
    return tmp_path


def test_an_instance_has_the_sandbox_from_its_first_start_and_once(
    session: Session, settings: Settings, weights: Path
) -> None:
    first = shipped.register(session, settings, entries.list_entries())
    again = shipped.register(session, settings, entries.list_entries())
    assert all(each.is_new for each in first)
    assert not any(each.is_new for each in again)
    base = variants.find_by_name(session, "sandbox-base")
    assert base is not None
    assert base.family == "sdxl"
    assert base.recipe["measured"]["regional"] == {"value": 0.7}
    for half, num in {"choose": 674, "report": 682}.items():
        found = benchmarks.find_by_name(session, f"sandbox-questions-{half}")
        assert found is not None
        assert (found.scope, found.malformed) == ("mixed", 0)
        quiz = benchmarks.find_by_name(session, f"sandbox-quiz-{half}")
        assert quiz is not None
        assert (quiz.format, quiz.n_questions, quiz.n_items) == ("quiz", 2 * num, num)
        captions = datasets.find_by_name(session, f"sandbox-captions-{half}")
        assert captions is not None
        assert captions.num_items == 1250
    for family in ("clip", "siglip2"):
        encoder = variants.find_by_name(session, f"sandbox-{family}")
        assert encoder is not None
        assert encoder.family == family
        assert encoder.recipe["measured"] == {"global, en": 1}
    base = knowledge.find_by_name(session, "sandbox-knowledge")
    assert base is not None
    assert (base.num_passages, base.region) == (154, "sea")
    facts = json.loads((assets.get("sandbox-knowledge") / "knowledge.json").read_text())
    assert base.digest == facts["digest"]


def test_a_clone_of_work_in_progress_has_the_texts_alone(
    session: Session, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "WEIGHTS", tmp_path)
    monkeypatch.setattr(assets, "ANSWERS", tmp_path)
    monkeypatch.setattr(assets, "EMBEDDINGS", tmp_path)
    made = shipped.register(session, settings, entries.list_entries())
    assert [each.row.name for each in made] == [
        "sandbox-prompts-choose",
        "sandbox-prompts-report",
        "sandbox-questions-choose",
        "sandbox-questions-report",
        "sandbox-quiz-choose",
        "sandbox-quiz-report",
        "sandbox-knowledge",
        "sandbox-captions-choose",
        "sandbox-captions-report",
    ]
