"""The judge itself, without a world: a network set by hand that sees whether a picture is dark."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from ml.benchmarks.judges import attributes, registry
from ml.benchmarks.judging import Asked, Judge, Setting
from ml.benchmarks.problems import BenchmarkImpossible
from ml.loading.problems import UnfitModel
from specs.judges.attributes import AttributesJudge

CONFIG = {
    "side": 16,
    "channels": [1],
    "width": 1,
    "heads": {"light": ["dark", "bright", "other"]},
    "wordings": [{"head": "light", "pattern": "is it (?P<phrase>.+)\\?"}],
    "phrases": {"light": {"dark": "dark", "gloomy": "dark", "bright": "bright"}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return _write(tmp_path / "judge", CONFIG)


def _write(folder: Path, config: dict[str, Any], **changed: torch.Tensor) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    save_file(_weights() | changed, folder / "model.safetensors")
    return folder


def _weights() -> dict[str, torch.Tensor]:
    """Group norm takes the level away, so what is left of it sits in its shift: none. The heads are
    biased instead: this network always sees the dark.
    """
    network = attributes.Network(attributes.Config.model_validate(CONFIG))
    state = {name: torch.zeros_like(weight) for name, weight in network.state_dict().items()}
    state["heads.light.bias"] = torch.tensor([2.0, 1.0, 0.0])
    return state


def _ask(folder: Path, *questions: str) -> list[Asked]:
    picture = folder / "picture.png"
    if not picture.exists():
        Image.new("RGB", (40, 20)).save(picture)
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    return [
        Asked(
            picture=picture,
            sha256=digest,
            question=question,
            variant="",
            item_id="1",
            proposition_id=1,
            crop="",
        )
        for question in questions
    ]


def _load(folder: Path) -> Judge:
    return registry.load(AttributesJudge(), folder, Setting())


def test_yes_is_what_the_head_sees_and_no_is_every_other_class(
    folder: Path, tmp_path: Path
) -> None:
    replies = _load(folder).answer(_ask(tmp_path, "Is it dark?", "Is it gloomy?", "Is it bright?"))

    assert [reply.answer for reply in replies] == [True, True, False]
    assert {reply.raw for reply in replies} == {"dark"}


def test_a_question_that_no_wording_fits_is_a_gap(folder: Path, tmp_path: Path) -> None:
    replies = _load(folder).answer(_ask(tmp_path, "Is it purple?", "What is it?", "Is it dark? no"))

    assert [reply.answer for reply in replies] == [None, None, None]


def test_nothing_is_the_class_that_no_question_asks_for(tmp_path: Path) -> None:
    bias = {"heads.light.bias": torch.tensor([0.0, 1.0, 2.0])}
    judge = _load(_write(tmp_path / "judge", CONFIG, **bias))

    assert [
        reply.answer for reply in judge.answer(_ask(tmp_path, "Is it dark?", "Is it bright?"))
    ] == [
        False,
        False,
    ]


def test_other_weights_are_another_judge(folder: Path, tmp_path: Path) -> None:
    bias = {"heads.light.bias": torch.tensor([0.0, 1.0, 2.0])}

    assert _load(folder).digest != _load(_write(tmp_path / "other", CONFIG, **bias)).digest
    assert _load(folder).digest == _load(folder).digest


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"wordings": [{"head": "light", "pattern": "is it .+"}]}, "names no phrase"),
        ({"wordings": [{"head": "light", "pattern": "(?P<phrase>"}]}, "config.json"),
        ({"phrases": {"light": {"dim": "dusk"}}}, "does not tell apart"),
        ({"phrases": {"shape": {}}}, "does not tell apart"),
        ({"side": 3}, "side"),
    ],
)
def test_a_config_that_makes_no_sense_is_refused(
    tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(BenchmarkImpossible, match=says):
        _load(_write(tmp_path / "judge", CONFIG | changed))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    folder = _write(tmp_path / "judge", CONFIG, **{"heads.light.bias": torch.zeros(7)})

    with pytest.raises(BenchmarkImpossible, match="do not fit"):
        _load(folder)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    """Of NaN, argmax would choose one class, always the same."""
    bias = {"heads.light.bias": torch.tensor([0.0, value, 0.0])}
    with pytest.raises(UnfitModel, match=r"'heads\.light\.bias' of 'judge' holds weights that are"):
        _load(_write(tmp_path / "judge", CONFIG, **bias))


def test_scores_that_are_no_numbers_are_no_answer(tmp_path: Path) -> None:
    """The weights are finite and what is computed with them is not."""
    large = {"neck.0.bias": torch.tensor([1e38]), "heads.light.weight": torch.full((3, 1), 1e38)}
    judge = _load(_write(tmp_path / "judge", CONFIG, **large))
    with pytest.raises(BenchmarkImpossible, match="head 'light' of the judge gives scores that"):
        judge.answer(_ask(tmp_path, "Is it dark?"))


def test_a_truncated_file_is_refused(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(UnfitModel, match=r"model\.safetensors"):
        _load(folder)
