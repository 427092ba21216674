"""What computes is chosen once, and what is not there is never replaced by something else."""

import os
from pathlib import Path

import pytest
import torch

from ml import devices
from ml.devices import Computing, NoDevice
from ml.loading import encoders, sentences
from tests import tiny_encoders


def test_what_computes_is_settled_once_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert devices.choose("auto", "auto", 1) == Computing("cpu", "fp32", 1)
    assert devices.choose("cpu", "bf16", 3).to_json() == {
        "device": "cpu", "dtype": "bf16", "threads": 3,
    }  # fmt: skip
    with pytest.raises(NoDevice, match=r"no GPU that torch can use; choose the device 'cpu'\."):
        devices.choose("cuda")
    with pytest.raises(NoDevice, match="A processor does not compute in fp16"):
        devices.choose("cpu", "fp16")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert devices.choose(threads=1) == Computing("cuda", "fp16", 1)


def test_threads_that_wait_give_way_unless_somebody_chose_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    devices.share_cores()
    assert os.environ["GOMP_SPINCOUNT"] == "3000"
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    devices.share_cores()
    assert os.environ["GOMP_SPINCOUNT"] == "7"


def test_threads_are_limited_for_a_while_only() -> None:
    before = torch.get_num_threads()
    with devices.limited_threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_a_model_is_not_loaded_for_a_device_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    sentence = r"The device 'cuda:1' is not there: this machine has no GPU that torch can use; choo"
    clip = tiny_encoders.build_clip(tmp_path / "clip")
    with pytest.raises(NoDevice, match=sentence):
        encoders.open_encoder(clip, device="cuda:1")
    bert = tiny_encoders.build_sentences(tmp_path / "bert", ["a kite"], layers=1, width=16)
    with pytest.raises(NoDevice, match=sentence):
        sentences.open_text_encoder(bert, device="cuda:1")
