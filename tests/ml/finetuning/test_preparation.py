"""What a data set is turned into, once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from PIL import Image

from ml.devices import Computing
from ml.finetuning.data import preparation
from ml.finetuning.data.batches import Batch, Batches
from ml.finetuning.data.encoding import Encoders
from ml.finetuning.data.preparation import Preparation
from ml.finetuning.foundation import open_foundation
from ml.progress import Silent, Stopped
from ml.training.data import store
from ml.training.data.ahead import Ahead
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_finetune import ModelFinetune
from tests.full_disk import files_up_to

from .conftest import LONG, SHAPES, write_dataset


class StopsAfter(Silent):
    def __init__(self, num_checks: int) -> None:
        self.left = num_checks

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


@pytest.fixture(scope="module")
def encoders(sdxl: Path) -> Encoders:
    return Encoders(open_foundation(sdxl), Computing("cpu", "fp32", 1))


def prepare(base: Path, dataset: Path, **fields: Any) -> Preparation:
    return Preparation(ModelFinetune(**fields), open_foundation(base), dataset)


def build(
    folder: Path, prepared: Preparation, encoders: Encoders, progress: Silent | None = None
) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    prepared.build(folder, progress or Silent(), lambda: encoders)
    return store.open_arrays(folder)


@pytest.fixture(scope="module")
def encoded(
    tmp_path_factory: pytest.TempPathFactory, sdxl: Path, dataset: Path, encoders: Encoders
) -> Path:
    folder = tmp_path_factory.mktemp("encoded")
    build(folder, prepare(sdxl, dataset, flip=True), encoders)
    return folder


def test_each_shape_has_its_latents_and_each_caption_one_row(encoded: Path) -> None:
    arrays = store.open_arrays(encoded)
    assert arrays["latents-32x32"].shape == (8, 4, 16, 16)
    assert arrays["latents-40x24"].shape == (6, 4, 12, 20)
    assert arrays["latents-24x40"].shape == (6, 4, 20, 12)
    assert arrays["views"].shape == (20, 8)
    assert arrays["texts"].shape == (6, 77, 40)  # five captions, and none
    assert arrays["pooled"].shape == (6, 24)
    assert preparation.read_captions(encoded) == [LONG.strip(), *(f"number {n}" for n in range(4))]


def test_what_was_found_is_counted(encoded: Path) -> None:
    facts = store.read_mark(encoded)["facts"]
    assert facts["num_items"] == 10
    assert facts["num_captions"] == 5
    assert facts["num_cut"] == 1
    assert facts["num_silent"] == 0
    assert facts["sizes"] == {"32x32": 4, "40x24": 3, "24x40": 3}


def test_sizes_and_crops_are_recorded_as_sdxl_is_told_them(encoded: Path) -> None:
    views = store.open_arrays(encoded)["views"].reshape(10, 2, 8)
    time_ids = views[:, :, preparation.TIME_IDS]
    assert time_ids[0, 0].tolist() == [32, 32, 0, 0, 32, 32]
    # 48 x 32 becomes 40 x 27, of which 24 rows are kept: one or two are lost at the top.
    assert time_ids[1, 0].tolist() == [32, 48, 2, 0, 24, 40]
    # 32 x 64 becomes 24 x 48, of which 40 rows are kept.
    assert time_ids[2, 0].tolist() == [64, 32, 4, 0, 40, 24]
    assert np.array_equal(time_ids[:, 0], time_ids[:, 1])


def test_no_caption_is_what_guidance_uses(encoded: Path, sdxl: Path) -> None:
    """SDXL puts zeros there; embeddings of captions are those that the pipeline computes."""
    arrays = store.open_arrays(encoded)
    assert not arrays["texts"][0].any()
    assert not arrays["pooled"][0].any()
    pipeline = StableDiffusionXLPipeline.from_pretrained(sdxl)
    with torch.no_grad():
        text, _, pooled, _ = pipeline.encode_prompt(
            "number 2", do_classifier_free_guidance=False, num_images_per_prompt=1
        )
    np.testing.assert_allclose(arrays["texts"][4], text[0], atol=1e-5)
    np.testing.assert_allclose(arrays["pooled"][4], pooled[0], atol=1e-5)


def test_latents_are_those_of_the_pictures_mirrored_too(encoded: Path, encoders: Encoders) -> None:
    """The VAE of a picture and of its mirror image, drawn by two seeds of their own."""
    arrays = store.open_arrays(encoded)
    row = {"key": "0", "image": {"bytes": _read_first(encoded)}}
    plain, mirrored = arrays["latents-32x32"][0], arrays["latents-32x32"][1]
    assert not np.allclose(plain, mirrored)
    vae = encoders._pipeline.vae
    for latents, picture in ((plain, _decode(row)), (mirrored, _mirror(_decode(row)))):
        pixels = torch.from_numpy(np.asarray(picture, np.float32).transpose(2, 0, 1) / 127.5 - 1)
        with torch.no_grad():
            found = vae.encode(pixels[None].contiguous()).latent_dist
        drawn = (latents / vae.config.scaling_factor - found.mean[0].numpy()) / found.std[0].numpy()
        assert abs(drawn.mean()) < 0.2
        assert 0.8 < drawn.std() < 1.2


def _read_first(encoded: Path) -> bytes:
    from tests import pictures  # noqa: PLC0415 - used once

    return pictures.png(*SHAPES[0], seed=0)


def _decode(row: dict[str, Any]) -> Image.Image:
    return preparation._decode(row)


def _mirror(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "lock"
    }


@pytest.mark.parametrize("num_checks", [1, 2, 5])
def test_an_encoding_that_was_stopped_ends_in_the_same_bytes(
    num_checks: int,
    tmp_path: Path,
    encoded: Path,
    sdxl: Path,
    dataset: Path,
    encoders: Encoders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In chunks of three: what was written after the last commit is cut off."""
    monkeypatch.setattr(preparation, "NUM_ITEMS_AT_ONCE", 3)
    prepared = prepare(sdxl, dataset, flip=True)
    whole = tmp_path / "whole"
    build(whole, prepared, encoders)
    folder = tmp_path / "again"
    with pytest.raises(Stopped):
        build(folder, prepared, encoders, StopsAfter(num_checks))
    assert not store.read_mark(folder)["is_done"]
    build(folder, prepared, encoders)
    assert read_bytes(folder) == read_bytes(whole)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_an_encoding_that_the_disk_had_no_room_for_ends_in_the_same_bytes(
    share: float,
    tmp_path: Path,
    sdxl: Path,
    dataset: Path,
    encoders: Encoders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At the largest array, and when the first chunks were kept already."""
    monkeypatch.setattr(preparation, "NUM_ITEMS_AT_ONCE", 3)
    prepared = prepare(sdxl, dataset, flip=True)
    whole, folder = tmp_path / "whole", tmp_path / "again"
    build(whole, prepared, encoders)
    largest = max(path.stat().st_size for path in whole.glob("*.bin"))
    with files_up_to(int(largest * share)), pytest.raises(OSError, match="File too large"):
        build(folder, prepared, encoders)
    assert not store.read_mark(folder)["is_done"]
    build(folder, prepared, encoders)
    assert read_bytes(folder) == read_bytes(whole)


def test_what_is_encoded_is_not_encoded_again(encoded: Path, sdxl: Path, dataset: Path) -> None:
    def refuse() -> Encoders:
        raise AssertionError

    prepare(sdxl, dataset, flip=True).build(encoded, Silent(), refuse)


def test_the_key_changes_with_data_encoders_and_settings_and_with_nothing_else(
    sdxl: Path, sd15: Path, dataset: Path, tmp_path: Path
) -> None:
    key = prepare(sdxl, dataset).key()
    assert prepare(sdxl, dataset, learning_rate=0.5, epochs=7, batch_size=2).key() == key
    other = write_dataset(tmp_path, ["another"], SHAPES)
    keys = {
        key,
        prepare(sd15, dataset).key(),
        prepare(sdxl, other).key(),
        *(
            prepare(sdxl, dataset, **changed).key()
            for changed in (
                {"flip": True}, {"crop": "random"}, {"seed": 1}, {"precision": "bf16"},
                {"resolution": 64}, {"max_aspect": 1.0},
            )
        ),
    }  # fmt: skip
    assert len(keys) == 9


def test_random_crops_are_the_same_for_the_same_seed(sdxl: Path, dataset: Path) -> None:
    from tests import pictures  # noqa: PLC0415 - used once

    row = {"key": "1", "image": {"bytes": pictures.png(96, 32, seed=1)}}

    def corners(seed: int) -> list[tuple[int, ...]]:
        prepared = prepare(sdxl, dataset, crop="random", num_crops=4, seed=seed, max_aspect=1.0)
        return [view.time_ids for view in prepared.cut_views(row, 5)]

    assert corners(1) == corners(1)
    assert corners(1) != corners(2)
    assert len(set(corners(1))) > 1


def test_a_picture_is_seen_upright_and_on_white(tmp_path: Path) -> None:
    from tests import pictures  # noqa: PLC0415 - used once

    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    turned = preparation._decode({"key": "a", "image": {"bytes": pictures.jpeg(40, 20, exif=exif)}})
    assert turned.size == (20, 40)
    clear = pictures.encode(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")
    assert preparation._decode({"key": "b", "image": {"bytes": clear}}).getpixel((0, 0)) == (
        255, 255, 255,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"caption_column": "caption_id"}, "no column 'caption_id'; it has: "),
        ({"resolution": 33}, "needs a multiple of 4"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_encoded(
    fields: dict[str, Any], said: str, sdxl: Path, dataset: Path
) -> None:
    with pytest.raises(UnfitForTraining, match=said):
        prepare(sdxl, dataset, **fields).key()


def open_batches(encoded: Path, rank: int = 0, **fields: Any) -> Batches:
    spec = ModelFinetune(**fields)
    return Batches(spec, encoded, num_views=2, num_times=1000, rank=rank)


def test_a_batch_is_the_same_whenever_it_is_made(encoded: Path) -> None:
    fields: dict[str, Any] = {"batch_size": 4, "accumulation": 2}
    ahead = Ahead(open_batches(encoded, **fields), range(3))
    taken = []
    while sum(batch.is_last for batch in taken) < 3:
        taken.append(ahead.take())
    ahead.close()
    (*_, again) = open_batches(encoded, **fields).make_step(2)
    assert torch.equal(taken[-1].noise_bchw, again.noise_bchw)
    assert torch.equal(taken[-1].latents_bchw, again.latents_bchw)
    assert torch.equal(taken[-1].times_b, again.times_b)


Positions = list[tuple[Any, ...]]


def list_positions(parts: Iterable[Batch]) -> Positions:
    """What is computed, picture by picture, in an order that does not depend on the parts."""
    rows: Positions = []
    for part in parts:
        assert part.pooled_bp is not None
        assert part.time_ids_b6 is not None
        tensors = (
            part.times_b, part.latents_bchw, part.noise_bchw, part.texts_btd, part.pooled_bp,
            part.time_ids_b6,
        )  # fmt: skip
        rows += [
            (*(tensor[row].numpy().tobytes() for tensor in tensors), part.weight)
            for row in range(len(part.times_b))
        ]
    return sorted(rows)


@pytest.mark.parametrize("fields", [{"accumulation": 4}, {"accumulation": 12}])
def test_however_a_batch_is_cut_up_every_picture_gets_the_same(
    encoded: Path, fields: dict[str, Any]
) -> None:
    """Pictures, noise, times and captions that are left out; in three shapes."""
    whole = open_batches(encoded, batch_size=12, caption_dropout=0.5)
    parts = open_batches(encoded, batch_size=12, caption_dropout=0.5, **fields)
    for step in range(4):
        assert list_positions(parts.make_step(step)) == list_positions(whole.make_step(step))
    noises = {row[2] for step in range(4) for row in list_positions(whole.make_step(step))}
    assert len(noises) == 48


def test_the_parts_of_a_step_weigh_one_together(encoded: Path) -> None:
    batches = open_batches(encoded, batch_size=6, accumulation=3)
    for step in range(4):
        parts = list(batches.make_step(step))
        assert sum(part.weight * len(part.times_b) for part in parts) == pytest.approx(1.0)
        assert [part.is_last for part in parts] == [*[False] * (len(parts) - 1), True]
        assert max(len(part.times_b) for part in parts) <= 2


def test_processes_share_the_parts_of_a_step(encoded: Path) -> None:
    alone = open_batches(encoded, batch_size=4, accumulation=2)
    ranks = [open_batches(encoded, rank, batch_size=4, num_processes=2) for rank in (0, 1)]
    for step in range(3):
        wanted = list(alone.make_step(step))
        for rank, batches in enumerate(ranks):
            own = list(batches.make_step(step))
            assert own[-1].is_last
            for part, other in zip(own, wanted[rank::2], strict=True):
                assert torch.equal(part.noise_bchw, other.noise_bchw)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, 10)])
def test_captions_are_left_out_as_often_as_asked(
    share: float, expected: int, encoded: Path
) -> None:
    batches = open_batches(encoded, batch_size=10, caption_dropout=share)
    parts = list(batches.make_step(0))
    silent = sum(int((part.texts_btd.abs().sum((1, 2)) == 0).sum()) for part in parts)
    assert silent == expected


def test_steps_are_counted_by_epochs_or_as_given(encoded: Path) -> None:
    by_epochs = open_batches(encoded, batch_size=4, epochs=3)
    assert by_epochs.count_steps() == 8  # 30 pictures, four in each step; the last goes on
    assert by_epochs.count_seen(5) == 2.0
    assert open_batches(encoded, batch_size=2, max_steps=5).count_steps() == 5
