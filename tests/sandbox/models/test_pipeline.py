from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionXLPipeline
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from ml.loading import weights
from sandbox.models import pipeline
from sandbox.models.pipeline import Denoiser
from sandbox.models.prompting import list_time_ids, read, tokenize


@pytest.fixture
def folder(denoiser: Denoiser, autoencoder: AutoencoderKL, tmp_path: Path) -> Path:
    pipeline.save(pipeline.assemble(denoiser, autoencoder), tmp_path / "base")
    autoencoder.float()  # the fixture is shared, and saving halves its precision
    return tmp_path / "base"


def _draw(pipe: StableDiffusionXLPipeline, seed: int = 0) -> np.ndarray:
    return np.asarray(
        pipe(
            "a red circle",
            height=64,
            width=64,
            num_inference_steps=2,
            guidance_scale=2.0,
            generator=torch.Generator().manual_seed(seed),
        ).images[0]
    )


def test_it_is_sdxl_with_the_real_classes(folder: Path) -> None:
    layout = weights.check(folder)
    pipe = pipeline.load(folder)

    assert layout.family == "sdxl"
    assert type(pipe) is StableDiffusionXLPipeline
    assert type(pipe.text_encoder) is CLIPTextModel
    assert type(pipe.text_encoder_2) is CLIPTextModelWithProjection
    assert type(pipe.scheduler) is DDIMScheduler
    assert pipe.unet.config.addition_embed_type == "text_time"
    assert pipe.config.force_zeros_for_empty_prompt is True


def test_it_holds_no_pickles_and_everything_in_half_precision(folder: Path) -> None:
    assert weights.list_pickles(folder) == []
    files = list(folder.rglob("*.safetensors"))
    assert len(files) == 4
    for path in files:
        assert {weight.dtype for weight in load_file(path).values()} == {torch.float16}, path


def test_others_may_read_the_weights(folder: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.safetensors")} == {0o644}


def test_the_scheduler_leaves_no_signal_at_the_last_time() -> None:
    scheduler = pipeline.build_scheduler()

    assert float(scheduler.alphas_cumprod[-1]) == 0
    assert scheduler.config.prediction_type == "v_prediction"
    scheduler.set_timesteps(20)
    assert int(scheduler.timesteps[0]) == 999


def test_the_same_seed_gives_the_same_picture(folder: Path) -> None:
    one, two = pipeline.load(folder), pipeline.load(folder)

    assert _draw(one).shape == (64, 64, 3)
    assert np.array_equal(_draw(one), _draw(two))
    assert not np.array_equal(_draw(one), _draw(one, seed=1))


def test_prompts_are_read_as_the_pipeline_reads_them(
    denoiser: Denoiser, autoencoder: AutoencoderKL
) -> None:
    pipe = pipeline.assemble(denoiser, autoencoder)
    texts = ["a red circle", "two blue circles on the left"]
    with torch.no_grad():
        told = read(denoiser, tokenize(denoiser, texts))
        states, _, pooled, _ = pipe.encode_prompt(texts, do_classifier_free_guidance=False)

    assert torch.equal(told.states, states)
    assert torch.equal(told.pooled, pooled)


def test_silence_is_zeros_as_in_the_pipeline(
    denoiser: Denoiser, autoencoder: AutoencoderKL
) -> None:
    pipe = pipeline.assemble(denoiser, autoencoder)
    with torch.no_grad():
        told = read(denoiser, tokenize(denoiser, ["a", "b"])).without(torch.tensor([True, False]))
        _, states, _, pooled = pipe.encode_prompt("a", do_classifier_free_guidance=True)

    assert torch.equal(told.states[:1], states)
    assert torch.equal(told.pooled[:1], pooled)
    assert told.states[1].abs().sum() > 0


def test_time_ids_are_those_of_the_pipeline(denoiser: Denoiser, autoencoder: AutoencoderKL) -> None:
    pipe = pipeline.assemble(denoiser, autoencoder)
    ids = pipe._get_add_time_ids(
        (64, 64), (0, 0), (64, 64), torch.float32, text_encoder_projection_dim=16
    )

    assert torch.equal(list_time_ids(1), ids)
