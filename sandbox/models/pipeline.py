"""The whole pipeline: classes and layout of SDXL, small enough for two processor cores."""

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import (
    StableDiffusionXLPipeline,
)
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

from sandbox.models.autoencoder import NUM_CHANNELS

SIDE = 64
FACTOR = 4  # pixels of a picture for one of its latents
STEPS = 20
GUIDANCE = 2.0

_TIME_EMBEDDING = 8
_TIME_IDS = 6  # original size, corner of the cut, wanted size: two numbers each


@dataclass(frozen=True, kw_only=True)
class DenoiserSizes:
    channels: tuple[int, ...] = (48, 64, 96)
    text_width: int = 64
    text_layers: int = 2
    heads: int = 4


@dataclass(frozen=True)
class Denoiser:
    """What is trained together on latents: the UNet and what reads the prompt."""

    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel
    text_encoder_2: CLIPTextModelWithProjection
    tokenizer: CLIPTokenizer
    tokenizer_2: CLIPTokenizer

    @property
    def modules(self) -> tuple[torch.nn.Module, ...]:
        return self.unet, self.text_encoder, self.text_encoder_2


def build_denoiser(
    tokenizers: tuple[CLIPTokenizer, CLIPTokenizer], sizes: DenoiserSizes, *, seed: int
) -> Denoiser:
    torch.manual_seed(seed)
    first, second = tokenizers
    return Denoiser(
        unet=_build_unet(sizes),
        text_encoder=CLIPTextModel(_text_config(first, sizes)),
        text_encoder_2=CLIPTextModelWithProjection(_text_config(second, sizes)),
        tokenizer=first,
        tokenizer_2=second,
    )


def build_scheduler() -> DDIMScheduler:
    """Velocity, and no signal left at the last time: white and grey backgrounds come out right
    because sampling starts where training ended.
    """
    scheduler: DDIMScheduler = DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        num_train_timesteps=1000,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
    )
    return scheduler


def assemble(denoiser: Denoiser, autoencoder: AutoencoderKL) -> StableDiffusionXLPipeline:
    pipeline = StableDiffusionXLPipeline(
        vae=autoencoder,
        text_encoder=denoiser.text_encoder,
        text_encoder_2=denoiser.text_encoder_2,
        tokenizer=denoiser.tokenizer,
        tokenizer_2=denoiser.tokenizer_2,
        unet=denoiser.unet,
        scheduler=build_scheduler(),  # type: ignore[arg-type]
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def save(pipeline: StableDiffusionXLPipeline, folder: Path) -> None:
    """In half precision, as models are passed on."""
    pipeline.to(dtype=torch.float16).save_pretrained(folder, safe_serialization=True)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)  # the library leaves them to their owner alone


def load(folder: Path) -> StableDiffusionXLPipeline:
    pipeline = StableDiffusionXLPipeline.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, add_watermarker=False
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _build_unet(sizes: DenoiserSizes) -> UNet2DConditionModel:
    deeper = len(sizes.channels) - 1
    unet: UNet2DConditionModel = UNet2DConditionModel(
        sample_size=SIDE // FACTOR,
        in_channels=NUM_CHANNELS,
        out_channels=NUM_CHANNELS,
        block_out_channels=sizes.channels,
        layers_per_block=1,
        # No attention at the finest grid, as in SDXL: it costs most and helps least.
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * deeper),
        up_block_types=(*("CrossAttnUpBlock2D",) * deeper, "UpBlock2D"),
        attention_head_dim=sizes.heads,
        cross_attention_dim=2 * sizes.text_width,
        use_linear_projection=True,
        norm_num_groups=16,
        addition_embed_type="text_time",
        addition_time_embed_dim=_TIME_EMBEDDING,
        projection_class_embeddings_input_dim=_TIME_IDS * _TIME_EMBEDDING + sizes.text_width,
    )
    return unet


def _text_config(tokenizer: CLIPTokenizer, sizes: DenoiserSizes) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=sizes.text_width,
        intermediate_size=4 * sizes.text_width,
        projection_dim=sizes.text_width,
        num_hidden_layers=sizes.text_layers,
        num_attention_heads=sizes.heads,
        max_position_embeddings=tokenizer.model_max_length,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
