"""Pictures are those of the pipeline's own call, and their noise is that of prompt and seed."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessorPil

from ml import digests
from ml.generation import noise, painter
from ml.generation.problems import CannotGenerate
from ml.generation.storage import encode
from ml.loading import pipelines
from ml.loading.problems import UnfitModel
from ml.loading.prompts import Prompt
from ml.progress import OutOfMemory

from .conftest import CPU, Make

TEXTS = ["a red cup", "two cups", "a house"]


@pytest.mark.parametrize("model", ["sdxl", "sd15"])
@pytest.mark.parametrize(("guidance", "negative"), [(3.0, ""), (3.0, "dark"), (1.0, "")])
def test_picture_is_that_of_the_pipelines_own_call(
    make: Make, request: pytest.FixtureRequest, model: str, guidance: float, negative: str
) -> None:
    base = request.getfixturevalue(model)
    made = make(TEXTS[:1], base=base, seeds=(5,), guidance=guidance, negative=negative)
    pipeline: Any = pipelines.load_pipeline(base, CPU)
    generator = noise.make_generator(TEXTS[0], 5)
    expected = pipeline(
        TEXTS[0],
        negative_prompt=negative or None,
        latents=noise.draw_latents([generator], (4, 16, 16)),
        num_inference_steps=2,
        guidance_scale=guidance,
    ).images[0]
    with Image.open(made.out / made.rows[0]["file"]) as picture:
        assert picture.size == (32, 32)
        assert np.array_equal(np.asarray(picture), np.asarray(expected))


def test_every_output_says_what_decided_it(make: Make) -> None:
    prompt = Prompt(
        key="a/b", text="a house", negative="dark", scope="regional", stratum="food", region="sea",
        country="XX",
        language="en", category="count",
    )  # fmt: skip
    made = make([TEXTS[0], prompt], seeds=(3, 4), batch_size=3, negative="blurred")
    row = made.rows[3]
    digest = row.pop("sha256")
    assert digest == digests.of_file(made.out / row["file"])
    assert row == {
        "variant": "model", "beta": None, "prompt_key": "a/b", "prompt": "a house", "seed": 4,
        "file": "images/model/3-a-b-4.png", "width": 32, "height": 32,
        "scheduler": "DDIMScheduler", "steps": 2, "guidance": 5.0, "negative": "dark",
        "batch_index": 1, "batch_size": 1, "device": "cpu", "dtype": "fp32", "threads": 1,
        "num_tokens": 8, "cut_text": "", "cut_by": {}, "negative_cut_text": "", "flagged": False,
        "nan": False, "scope": "regional", "stratum": "food", "region": "sea", "country": "XX",
        "language": "en", "category": "count",
    }  # fmt: skip
    assert made.rows[0]["negative"] == "blurred"
    assert made.result == json.loads((made.out / "generation.json").read_text("utf-8"))
    assert (made.result["num_images"], made.result["num_batches"]) == (4, 2)
    assert made.result["warnings"] == []


def test_the_same_work_gives_the_same_files(make: Make) -> None:
    one = make(TEXTS, name="one", seeds=(0, 1), sheet_prompts=2).files()
    two = make(TEXTS, name="two", seeds=(0, 1), sheet_prompts=2).files()
    assert one == two
    assert len({data for name, data in one.items() if name.startswith("images/")}) == 6


def test_picture_does_not_depend_on_what_was_made_before_it(make: Make) -> None:
    """In a batch of one; the plan decides the company of others."""
    together = make(TEXTS, name="together", seeds=(0, 1), batch_size=1).read()
    alone = make(TEXTS[2:], name="alone", seeds=(1,), batch_size=1).read()
    assert alone["k0", 1] == together["k2", 1]


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # diffusers with numpy 2
@pytest.mark.parametrize("scheduler", ["euler-ancestral", "ddpm"])
def test_noise_of_a_stochastic_scheduler_belongs_to_the_picture_too(
    make: Make, scheduler: str
) -> None:
    several = make(TEXTS, name="several", scheduler=scheduler, batch_size=1).read()
    reversed_ = make(TEXTS[::-1], name="reversed", scheduler=scheduler, batch_size=1).read()
    assert [several[f"k{n}", 0] for n in range(3)] == [reversed_[f"k{2 - n}", 0] for n in range(3)]
    beside = make(TEXTS, name="beside", scheduler=scheduler, batch_size=3).read()
    for key, data in several.items():
        assert np.abs(decode(data) - decode(beside[key])).max() <= 1  # the last bit, no more


def decode(data: bytes) -> Any:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture).astype(int)


def test_png_holds_nothing_but_pixels() -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    data = encode(pixels)
    assert data == encode(pixels.copy())
    chunks, at = [], 8
    while at < len(data):
        chunks.append(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    assert chunks == [b"IHDR", b"IDAT", b"IEND"]


def test_size_may_be_chosen_and_is_a_multiple_of_eight(make: Make) -> None:
    made = make(TEXTS[:1], width=48, height=24)
    with Image.open(made.out / made.rows[0]["file"]) as picture:
        assert picture.size == (48, 24)
    with pytest.raises(CannotGenerate, match="The width of 44 pixels is no multiple of 8"):
        make(TEXTS[:1], name="odd", width=44)


def test_prompt_over_77_tokens_is_told_with_what_was_cut(make: Make) -> None:
    made = make(["x" * 75 + "yz", "short"], seeds=(0, 1), negative="n" * 80)
    assert [row["cut_text"] for row in made.rows] == ["yz", "yz", "", ""]
    assert made.rows[0]["num_tokens"] == 79
    assert made.rows[0]["cut_by"] == {"tokenizer": "yz", "tokenizer_2": "yz"}
    assert made.rows[2]["negative_cut_text"] == "nnnnn"
    assert made.result["num_cut_prompts"] == 1
    assert made.result["warnings"] == [
        (
            "1 prompts are longer than a text encoder takes; what it did not see stands as "
            "cut_text in outputs.jsonl."
        ),
        "1 negative prompts are longer than a text encoder takes.",
    ]


def test_sweep_equals_pictures_of_merges_that_were_written(
    make: Make, sdxl: Path, tuned: Path, merged: Callable[..., Path]
) -> None:
    made = make(TEXTS, other=tuned, betas=(0.0, 0.3, 1.0), seeds=(0, 1), batch_size=4)
    assert [each["variant"] for each in made.result["variants"]] == ["beta-0", "beta-0.3", "beta-1"]
    folders = {"beta-0": sdxl, "beta-0.3": merged(0.3), "beta-1": tuned}
    seen = set()
    for variant, folder in folders.items():
        written = make(TEXTS, name=variant, base=folder, seeds=(0, 1), batch_size=4)
        assert made.read(variant) == written.read()
        seen |= set(written.read().values())
    assert len(seen) == 18


def test_sweep_of_a_half_precision_checkpoint_equals_its_written_merge(
    make: Make, sdxl: Path, tuned: Path, merged: Callable[..., Path], tmp_path: Path
) -> None:
    """The merge rounds to the checkpoint's format, whatever computes later."""
    halves = []
    for number, folder in enumerate((sdxl, tuned)):
        pipeline = pipelines.load_pipeline(folder, CPU)
        pipeline.to(torch.float16)
        pipeline.save_pretrained(tmp_path / f"half-{number}")
        halves.append(tmp_path / f"half-{number}")
    written = merged(0.3, *halves)
    made = make(TEXTS, base=halves[0], other=halves[1], betas=(0.3,))
    assert made.read("beta-0.3") == make(TEXTS, name="written", base=written).read()
    wide = make(TEXTS, name="wide", base=sdxl, other=tuned, betas=(0.3,))
    assert made.read("beta-0.3") != wide.read("beta-0.3")


def test_order_of_betas_changes_no_picture(make: Make, tuned: Path) -> None:
    up = make(TEXTS, name="up", other=tuned, betas=(0.0, 0.5, 1.0))
    down = make(TEXTS, name="down", other=tuned, betas=(1.0, 0.5, 0.0))
    for variant in ("beta-0", "beta-0.5", "beta-1"):
        assert up.read(variant) == down.read(variant)


def test_second_model_may_be_the_component_alone(make: Make, tuned: Path) -> None:
    whole = make(TEXTS[:1], name="whole", other=tuned, betas=(0.5,))
    alone = make(TEXTS[:1], name="alone", other=tuned / "unet", betas=(0.5,))
    assert whole.read("beta-0.5") == alone.read("beta-0.5")


def add_safety_checker(folder: Path, target: Path, *, threshold: float) -> Path:
    """A picture is flagged when it is more similar than this to one of 17 concepts."""
    size = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(
            vision_config=size | {"num_hidden_layers": 1, "image_size": 32, "patch_size": 16},
            text_config=size | {"num_hidden_layers": 1},
            projection_dim=8,
        )
    )
    checker.concept_embeds_weights.fill_(threshold)
    checker.special_care_embeds_weights.fill_(9.0)
    pipeline: Any = pipelines.load_pipeline(folder, CPU)
    pipeline.register_modules(
        safety_checker=checker,
        feature_extractor=CLIPImageProcessorPil(size=32, crop_size={"height": 32, "width": 32}),
    )
    pipeline.register_to_config(requires_safety_checker=True)
    pipeline.save_pretrained(target)
    return target


@pytest.mark.parametrize("threshold", [-2.0, 2.0])
def test_safety_checker_of_the_pipeline_is_honoured(
    make: Make, sd15: Path, tmp_path: Path, threshold: float
) -> None:
    is_flagged = threshold < 0
    base = add_safety_checker(sd15, tmp_path / "careful", threshold=threshold)
    made = make(TEXTS, base=base, batch_size=2)
    assert [row["flagged"] for row in made.rows] == [is_flagged] * 3
    assert {decode(data).max() == 0 for data in made.read().values()} == {is_flagged}
    assert made.result["safety_checker"] == "StableDiffusionSafetyChecker"
    assert made.result["num_flagged"] == 3 * is_flagged
    assert made.result["warnings"] == is_flagged * [
        "3 pictures were flagged by the model's safety checker and are blank."
    ]


def test_pictures_of_nan_are_told_and_are_black(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = noise.draw_latents

    def spoil_second(*arguments: Any) -> torch.Tensor:
        latents = draw(*arguments)
        latents[1:2] = torch.nan
        return latents

    monkeypatch.setattr(painter.noise, "draw_latents", spoil_second)
    made = make(TEXTS)
    assert [row["nan"] for row in made.rows] == [False, True, False]
    assert decode(made.read()["k1", 0]).max() == 0
    assert made.result["num_nan"] == 1
    assert made.result["warnings"][0].startswith("1 pictures came out as NaN and are black.")


def test_model_that_makes_nothing_but_nan_ends_the_run(
    make: Make, sdxl: Path, tmp_path: Path
) -> None:
    pipeline: Any = pipelines.load_pipeline(sdxl, CPU)
    pipeline.unet.conv_in.weight.data[0] = 1e38
    pipeline.save_pretrained(tmp_path / "broken")
    with pytest.raises(CannotGenerate, match="The first 3 pictures of 'model' all came out as NaN"):
        make(TEXTS, base=tmp_path / "broken")


def test_model_whose_weights_are_nan_is_refused_before_it_makes_any(
    make: Make, sdxl: Path, tmp_path: Path
) -> None:
    pipeline: Any = pipelines.load_pipeline(sdxl, CPU)
    pipeline.unet.conv_in.weight.data[0] = torch.nan
    pipeline.save_pretrained(tmp_path / "broken")
    with pytest.raises(UnfitModel, match=r"'conv_in\.weight' of the component 'unet' of 'broken'"):
        make(TEXTS, base=tmp_path / "broken")


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes"),
    ],
)
def test_lack_of_memory_is_named_with_what_to_change(
    make: Make, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(painter.Painter, "_call", fail)
    with pytest.raises(OutOfMemory, match=r"with 3 pictures of 32 x 32 at once in fp32\. Choose a"):
        make(TEXTS)


def test_what_cannot_be_made_is_refused_in_a_sentence(
    make: Make, sdxl: Path, sd15: Path, tuned: Path
) -> None:
    with pytest.raises(CannotGenerate, match="A sweep needs betas"):
        make(TEXTS, other=tuned)
    with pytest.raises(CannotGenerate, match="Betas need a second model"):
        make(TEXTS, betas=(0.5,))
    with pytest.raises(CannotGenerate, match="base is of the family 'sdxl' and the regional mode"):
        make(TEXTS, other=sd15, betas=(0.5,))
    with pytest.raises(CannotGenerate, match="'unet' is of the family 'unet2dconditionmodel'"):
        make(TEXTS, base=sdxl / "unet")
    with pytest.raises(CannotGenerate, match="Compiling pays on a GPU only"):
        make(TEXTS, compile=True, device="cpu")
    with pytest.raises(CannotGenerate, match="is neither a pipeline nor a 'unet' of one"):
        make(TEXTS, other=sdxl / "text_encoder", betas=(0.5,))


@pytest.mark.parametrize("component", ["tokenizer", "scheduler"])
def test_component_without_weights_is_not_swept(make: Make, tuned: Path, component: str) -> None:
    with pytest.raises(CannotGenerate, match=f"component '{component}' of .* has no weights"):
        make(TEXTS, other=tuned, betas=(0.5,), component=component)


def test_pipeline_that_needs_more_than_a_prompt_is_refused(
    make: Make, sdxl: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(sdxl, tmp_path / "inpainting")
    index = json.loads((folder / "model_index.json").read_text())
    index["_class_name"] = "StableDiffusionXLInpaintPipeline"
    (folder / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(
        CannotGenerate, match="'StableDiffusionXLInpaintPipeline', which needs more"
    ):
        make(TEXTS, base=folder)
