"""The base that is tuned, before any weight is loaded: does it fit, and what does it need?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import CLIPTextConfig

from ml import digests
from ml.datasets.problems import shown
from ml.finetuning.noise import Noising
from ml.loading import weights
from ml.loading.weights import Layout
from ml.training.problems import UnfitForTraining

CLASSES = ("StableDiffusionXLPipeline", "StableDiffusionPipeline")
NUM_TIME_IDS = 6  # original height and width, top and left of the crop, target height and width
_ENCODERS = ("vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2")


@dataclass(frozen=True)
class Foundation:
    layout: Layout
    noising: Noising
    side: int  # pixels, of the square it was made for
    grain: int  # sides of pictures are multiples of this
    vae_factor: int
    num_channels: int  # of latents

    @property
    def family(self) -> str:
        return self.layout.family

    @property
    def is_xl(self) -> bool:
        return self.family == "sdxl"

    def digest_encoders(self) -> str:
        """Of everything that latents and embeddings depend on."""
        names = [each.name for each in self.layout.components if each.name in _ENCODERS]
        index = (self.layout.root / "model_index.json").read_text("utf-8")
        return "\n".join([index, *(digests.of_folder(self.layout.root / name) for name in names)])

    def digest_unet(self) -> str:
        return digests.of_folder(self.layout.find("unet").folder)


def open_foundation(folder: Path) -> Foundation:
    layout = weights.check(folder)
    if layout.kind != "pipeline" or layout.class_name not in CLASSES:
        found = layout.class_name or f"a model of the kind '{layout.kind}'"
        raise UnfitForTraining(
            f"'{shown(folder.name)}' is {shown(found)}; what can be tuned here are pipelines of "
            f"the classes {' and '.join(CLASSES)}."
        )
    unet = _read_config(layout, "unet")
    vae = _read_config(layout, "vae")
    _check_latents(folder, unet, vae)
    _check_texts(layout, unet)
    vae_factor = 2 ** (len(vae["block_out_channels"]) - 1)
    return Foundation(
        layout=layout,
        noising=Noising.of_scheduler(_read_scheduler(layout)),
        side=int(unet.get("sample_size") or 64) * vae_factor,
        grain=vae_factor * 2 ** (len(unet["block_out_channels"]) - 1),
        vae_factor=vae_factor,
        num_channels=int(unet.get("in_channels", 4)),
    )


def _read_config(layout: Layout, component: str) -> dict[str, Any]:
    return weights.read_json(layout.find(component).folder / "config.json")


def _read_scheduler(layout: Layout) -> dict[str, Any]:
    return weights.read_json(layout.find("scheduler").folder / "scheduler_config.json")


def _check_latents(folder: Path, unet: Mapping[str, Any], vae: Mapping[str, Any]) -> None:
    wanted, made = unet.get("in_channels", 4), vae.get("latent_channels", 4)
    if wanted != made:
        raise UnfitForTraining(
            f"VAE and UNet of '{shown(folder.name)}' do not fit: latents have {made} channels, the "
            f"UNet takes {wanted}."
        )


def _check_texts(layout: Layout, unet: Mapping[str, Any]) -> None:
    is_xl = layout.family == "sdxl"
    names = ("text_encoder", "text_encoder_2") if is_xl else ("text_encoder",)
    configs = [CLIPTextConfig.from_pretrained(str(layout.find(name).folder)) for name in names]
    made = sum(config.hidden_size for config in configs)
    if made != unet.get("cross_attention_dim"):
        raise UnfitForTraining(
            f"Text encoders and UNet of '{shown(layout.root.name)}' do not fit: texts have {made} "
            f"numbers per token, the UNet takes {unet.get('cross_attention_dim')}."
        )
    if is_xl:
        wanted = unet.get("projection_class_embeddings_input_dim")
        made = NUM_TIME_IDS * int(unet.get("addition_time_embed_dim") or 0)
        made += int(configs[1].projection_dim or 0)
        if wanted != made:
            raise UnfitForTraining(
                f"Sizes and pooled text of '{shown(layout.root.name)}' are {made} numbers, its "
                f"UNet takes {wanted}: refiners and pipelines with other conditions are not tuned."
            )
