"""Pictures of the same prompts and seeds every so many steps: what a loss does not show."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from ml.devices import Computing
from ml.finetuning.data.encoding import Encoders, quiet
from ml.finetuning.foundation import Foundation
from ml.loading import pipelines
from specs.kinds.model.model_finetune import ModelFinetune

_SEEDS = 6  # keeps random numbers of this purpose apart


def encode_prompts(path: Path, encoders: Encoders, prompts: Sequence[str]) -> None:
    """Before training: then no text encoder has to lie beside the UNet."""
    texts, pooled = encoders.encode_texts(prompts)
    nothing, pooled_nothing = encoders.encode_nothing()
    tensors = {"prompt_embeds": texts, "negative_prompt_embeds": nothing.expand_as(texts)}
    if pooled is not None and pooled_nothing is not None:
        tensors["pooled_prompt_embeds"] = pooled
        tensors["negative_pooled_prompt_embeds"] = pooled_nothing.expand_as(pooled)
    save_file({name: each.contiguous() for name, each in tensors.items()}, path)


@dataclass
class Sampler:
    spec: ModelFinetune
    foundation: Foundation
    prompts: Path  # as `encode_prompts` left them
    folder: Path

    @torch.no_grad()
    def draw(self, unet: Any, step: int) -> list[Path]:
        """samples/step-000100-0.png and so on. The UNet is left as it was found."""
        side = self.spec.resolution or self.foundation.side
        pipeline = self._make_pipeline(unet)
        self.folder.mkdir(parents=True, exist_ok=True)
        paths = []
        was_training = unet.training
        unet.eval()
        tensors = load_file(self.prompts)
        for number in range(len(tensors["prompt_embeds"])):
            seed = np.random.SeedSequence([self.spec.seed, _SEEDS, number]).generate_state(1)[0]
            with quiet():
                picture = pipeline(
                    **{name: each[number : number + 1] for name, each in tensors.items()},
                    height=side,
                    width=side,
                    num_inference_steps=self.spec.sample_steps,
                    guidance_scale=self.spec.sample_guidance,
                    generator=torch.Generator().manual_seed(int(seed)),
                ).images[0]
            paths.append(self.folder / f"step-{step:06d}-{number}.png")
            picture.save(paths[-1])
        unet.train(was_training)
        return paths

    def _make_pipeline(self, unet: Any) -> Any:
        left_out: dict[str, Any] = {"text_encoder": None, "tokenizer": None}
        if self.foundation.is_xl:
            left_out |= {"text_encoder_2": None, "tokenizer_2": None}
        else:
            left_out |= {"safety_checker": None, "requires_safety_checker": False}
        computing = Computing(unet.device.type, "fp32", torch.get_num_threads())
        with quiet():
            return pipelines.load_pipeline(
                self.foundation.layout.root,
                computing,
                self.foundation.layout,
                unet=unet,
                **left_out,
            )
