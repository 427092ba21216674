"""What cannot be aligned is said in one sentence, before anything is computed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from ml.aligning import choosing
from ml.datasets.problems import UnreadableSource
from ml.loading.problems import UnfitModel
from ml.training.data.captioned import Item
from ml.training.problems import LossNotFinite, UnfitForTraining
from specs.kinds.model.model_align import ModelAlign
from tests.captioned import write_dataset

from .conftest import FEW, Run


def write_plates(folder: Path, *captions: tuple[int, str]) -> Path:
    rows = [
        {"number": number, "caption": caption, "language": "en"} for number, caption in captions
    ]
    return write_dataset(folder, rows)


def test_a_data_set_with_one_picture_is_refused(run: Run, tmp_path: Path) -> None:
    data = write_plates(tmp_path, (1, "rice"), (1, "cooked rice"))
    with pytest.raises(UnfitForTraining, match=r"only 1 picture that differs .* at least 2\."):
        run(data=data, state=tmp_path / "working")
    assert list((tmp_path / "working").iterdir()) == []


def test_a_data_set_whose_captions_are_all_the_same_is_refused(run: Run, tmp_path: Path) -> None:
    data = write_plates(tmp_path, (1, "a photo"), (2, "a photo"))
    with pytest.raises(UnfitForTraining, match="only 1 caption that differs"):
        run(data=data)


def test_an_empty_data_set_is_refused(run: Run, dataset: Path, tmp_path: Path) -> None:
    """Without rows, as a filter that keeps nothing leaves it."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - for this test alone

    shutil.copytree(dataset, tmp_path / "empty")
    for shard in (tmp_path / "empty").glob("items-*.parquet"):
        pq.write_table(pq.read_table(shard).slice(0, 0), shard)
    facts = json.loads((tmp_path / "empty" / "dataset.json").read_text())
    (tmp_path / "empty" / "dataset.json").write_text(json.dumps(facts | {"num_items": 0}))
    with pytest.raises(UnfitForTraining, match="'empty' holds no picture with a caption"):
        run(data=tmp_path / "empty")


def test_a_folder_that_is_no_data_set_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="is no data set of this program"):
        run(data=tmp_path)


def test_a_batch_larger_than_the_captions_is_refused(run: Run) -> None:
    with pytest.raises(UnfitForTraining, match=r"A batch of 64 needs as many captions; there are"):
        run(batch_size=64)


def test_a_model_that_is_no_encoder_is_refused(run: Run, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=8,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(tmp_path / "bert")
    with pytest.raises(UnfitModel, match="of the family 'bert'; an encoder of the families CLIP"):
        run(base=tmp_path / "bert")


def test_the_sigmoid_loss_is_refused_where_there_is_no_bias(run: Run) -> None:
    with pytest.raises(UnfitForTraining, match=r"family CLIP, which has none. Use 'infonce'"):
        run(loss="sigmoid")


def test_targets_that_no_layer_has_are_refused(run: Run) -> None:
    with pytest.raises(UnfitForTraining, match="has a name that ends in to_q"):
        run(method="lora", lora_targets=["to_q"])


def test_a_rate_at_which_the_loss_is_lost_is_named(run: Run, tmp_path: Path) -> None:
    fields: dict[str, Any] = {"learning_rate": 1.0, "max_grad_norm": 0.0, "max_steps": 400}
    with pytest.raises(LossNotFinite, match="Lower the learning rate"):
        run(state=tmp_path, schedule="constant", adam_beta2=0.0, **fields)


def make_items(number: int) -> list[Item]:
    return [Item(place, f"{place:064d}", (("en", f"plate {place}"),)) for place in range(number)]


@pytest.mark.parametrize(
    ("number", "share", "num_held_out"), [(10, 0.05, 0), (40, 0.05, 2), (4, 0.9, 2), (3, 0.9, 0)]
)
def test_two_are_held_out_or_none(number: int, share: float, num_held_out: int) -> None:
    """Of one picture nothing could be told apart; and two are left to learn."""
    spec = ModelAlign.model_validate({**FEW, "batch_size": 2, "held_out": share})
    chosen = choosing.choose(make_items(number), spec)
    assert len(chosen.held_out) == num_held_out
    assert len(chosen.learnt) == number - num_held_out


def test_nothing_to_hold_out_is_told(run: Run) -> None:
    done = run(held_out=0.05, max_steps=1)
    assert done.result["held_out_loss"] is None
    assert "too few pictures to hold any out" in done.result["notes"][0]


def test_captions_whose_ends_are_not_seen_are_counted(run: Run, tmp_path: Path) -> None:
    data = write_plates(tmp_path, *((number, f"plate {number} " * 9) for number in range(4)))
    done = run(data=data, batch_size=4, max_steps=1)
    assert done.result["num_cut_captions"] == 4
    assert "did not see their ends" in done.result["notes"][0]
