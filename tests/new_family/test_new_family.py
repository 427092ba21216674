"""A family that the product does not have, from a model's folder to the forms: its specification
and its module lie in the two folders here, and nothing else knows of it.

It is one of transformers' own, whose weights have names that no other family's have.
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

import ml.loading.families
import specs.families
from ml.answering.run import answer
from ml.instructing.run import instruct
from ml.loading.families import registry
from ml.loading.problems import UnfitModel
from ml.loading.speaking.parts import Parts
from ml.merging.run import merge
from ml.progress import Silent
from ml.training.problems import UnfitForTraining
from specs.families.registry import list_families
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.model.model_instruct import ModelInstruct
from specs.kinds.model.model_merge import ModelMerge
from tests import tiny_speakers
from tests.factories import make_variant
from tests.ml.instructing.conftest import make_item, write_quiz
from tests.web import app, make_client, sign_in, web_settings

__all__ = ["app", "make_client", "sign_in", "web_settings"]

HERE = Path(__file__).parent
FOLDERS = {"specs": specs.families, "ml": ml.loading.families}
EYES, BETWEEN, SPEECH = "model.vision_model.", "model.connector.", "model.text_model."


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While this lasts, the two files lie where families are looked for."""
    for folder, package in FOLDERS.items():
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(HERE / folder)])
    list_families.cache_clear()
    yield
    for package in FOLDERS.values():
        sys.modules.pop(f"{package.__name__}.idefics3", None)
        vars(package).pop("idefics3", None)
    list_families.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("newcomer") / "idefics3")


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quiz") / "colours"
    return write_quiz(folder, [make_item(number) for number in range(8)])


def build(folder: Path) -> Path:
    marks = ("<fake_token_around_image>", "<global-img>", "<image>", "<end_of_utterance>")
    tokenizer = tiny_speakers.make_tokenizer({"image_token": "<image>"}, marks)
    config = transformers.Idefics3Config(
        vision_config={"patch_size": 8, **tiny_speakers._VISION},
        text_config={"model_type": "llama", "vocab_size": len(tokenizer), **tiny_speakers._TEXT},
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        pad_token_id=tokenizer.pad_token_id,
    )
    side = {"longest_edge": tiny_speakers.SIDE}
    processor = transformers.Idefics3Processor(
        transformers.Idefics3ImageProcessorPil(
            size=side, max_image_size=side, do_image_splitting=False
        ),
        tokenizer,
        image_seq_len=4,
        chat_template=tiny_speakers._write_template(
            tiny_speakers._USER, "<image>", "<end_of_utterance>\n", "ASSISTANT:"
        ),
    )
    model_class = transformers.Idefics3ForConditionalGeneration
    return tiny_speakers._save(folder, model_class, config, processor, 0)


def teach(base: Path, quiz: Path, folder: Path, **fields: Any) -> Path:
    """Returns the folder of what was taught."""
    spec = ModelInstruct(
        max_steps=2, batch_size=4, learning_rate=1e-3, held_out=0.25, evaluate_every=2, **fields
    )
    (folder / "state").mkdir(parents=True)
    instruct(
        spec, base=base, quiz=quiz, dataset=None, out_dir=folder, state_dir=folder / "state",
        progress=Silent(),
    )  # fmt: skip
    return folder / ("model" if spec.method == "full" else "adapter")


def find_changed(before: Path, after: Path) -> set[str]:
    a, b = (load_file(folder / "model.safetensors") for folder in (before, after))
    assert set(a) == set(b)
    return {name for name in a if not torch.equal(a[name], b[name])}


def test_without_its_two_files_its_models_are_refused(model: Path) -> None:
    with pytest.raises(UnfitModel, match="Models of the type 'idefics3' are of no known family"):
        registry.look_at(model)


@pytest.mark.usefixtures("newcomer")
def test_with_them_it_answers_a_quiz(model: Path, quiz: Path, tmp_path: Path) -> None:
    answer(
        AnswersGenerate(threads=1, max_new_tokens=4, batch_size=3), base=model, quiz=quiz,
        out_dir=tmp_path / "out", state_dir=tmp_path / "state", progress=Silent(),
    )  # fmt: skip
    lines = (tmp_path / "out" / "outputs.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 8
    facts = json.loads((tmp_path / "out" / "generation.json").read_text("utf-8"))
    assert facts["family"]["method"] == "idefics3"


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize(
    ("trained", "parts"),
    [
        ("language", {SPEECH}),
        ("language+projector", {SPEECH, BETWEEN}),
        ("all", {SPEECH, BETWEEN, EYES}),
    ],
)
def test_the_parts_that_were_named_are_trained_and_no_others(
    trained: str, parts: set[str], model: Path, quiz: Path, tmp_path: Path
) -> None:
    changed = find_changed(model, teach(model, quiz, tmp_path / "taught", trained=trained))
    found = {part for part in (EYES, BETWEEN, SPEECH) for name in changed if name.startswith(part)}
    assert found == parts


@pytest.mark.usefixtures("newcomer")
def test_what_it_was_taught_is_merged_whole_or_as_an_adapter(
    model: Path, quiz: Path, tmp_path: Path
) -> None:
    for method, way in (("full", "linear"), ("lora", "lora-scale")):
        tuned = teach(model, quiz, tmp_path / method, method=method, trained="language")
        merge(
            ModelMerge(betas=(0.5,), method=way), base=model, tuned=tuned,
            out_dir=tmp_path / way, state_dir=tmp_path / "state", progress=Silent(),
        )  # fmt: skip
        changed = find_changed(model, tmp_path / way / "beta-0.5")
        assert changed
        assert all(name.startswith((SPEECH, "lm_head")) for name in changed)


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("method", ["full", "lora"])
@pytest.mark.parametrize("trained", ["language", "all"])
def test_a_weight_whose_part_is_not_known_is_refused_and_not_trained(
    method: str, trained: str, model: Path, quiz: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whatever is to be trained: it would be trained, or left as it was, without a word."""
    module = importlib.import_module("ml.loading.families.idefics3")
    language, projector = ("model.text_model", "lm_head"), ("model.connector",)
    some = Parts(language=language, vision=("model.eyes",), projector=projector)
    monkeypatch.setattr(module, "PARTS", some)
    with pytest.raises(UnfitForTraining, match=r"'Idefics 3' does not say .* 'model\.vision_model"):
        teach(model, quiz, tmp_path / "taught", method=method, trained=trained)


@pytest.mark.usefixtures("newcomer")
def test_forms_offer_its_models_where_questions_are_answered_and_nowhere_else(
    session: Session, sign_in: Callable[[], TestClient]
) -> None:
    make_variant(session, name="Newcomer", family="idefics3")
    session.flush()
    browser = sign_in()
    for kind in ("answers.generate", "model.instruct"):
        assert "Newcomer" in browser.get(f"/jobs/new/{kind}").text
    for kind in ("images.generate", "embeddings.score"):
        assert "Newcomer" not in browser.get(f"/jobs/new/{kind}").text
