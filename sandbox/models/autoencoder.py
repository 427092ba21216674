"""The picture half of the pipeline: 64 x 64 pictures to 16 x 16 x 8 latents and back.

It learns from pieces of pictures: what it does is local, and pieces are cheaper. So it has no
attention, which would find another picture's worth of neighbours than it learned with.
"""

from dataclasses import dataclass

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch.nn import functional

from ml.progress import Progress, Silent
from sandbox.models.pictures import choose_pieces, to_tensor
from sandbox.models.schedule import Average, set_rate

# With four, as SDXL has, motifs of cloths blur and colours bleed at this size.
NUM_CHANNELS = 8
_FACTOR = 4


@dataclass(frozen=True, kw_only=True)
class AutoencoderSizes:
    channels: tuple[int, ...] = (16, 32, 64)
    steps: int = 2500
    batch: int = 32
    piece: int = 32  # pixels a side
    rate: float = 2e-3
    # How much latents are drawn towards a normal distribution, and how much noise the decoder
    # gets to see: what a small denoiser makes is never exactly what an encoder makes.
    divergence_weight: float = 1e-3
    noise: float = 0.05


def build_autoencoder(channels: tuple[int, ...], side: int) -> AutoencoderKL:
    model: AutoencoderKL = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        block_out_channels=channels,
        layers_per_block=1,
        latent_channels=NUM_CHANNELS,
        norm_num_groups=8,
        sample_size=side,
        scaling_factor=1.0,
        mid_block_add_attention=False,
        # The picture half stays in fp32 where the rest runs in half precision, as SDXL's does.
        force_upcast=True,
    )
    return model


def train_autoencoder(
    pictures: torch.Tensor,
    sizes: AutoencoderSizes,
    *,
    seed: int,
    progress: Progress | None = None,
) -> tuple[AutoencoderKL, list[float]]:
    """From drawings, one uint8 tensor BCHW; gives the model with its scaling factor measured, and
    the loss of every step.
    """
    progress = progress or Silent()
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = build_autoencoder(sizes.channels, side=pictures.shape[-1])
    optimiser = torch.optim.AdamW(model.parameters(), lr=sizes.rate, weight_decay=0.0)
    average = Average(model, decay=0.995)
    losses = []
    for step in range(sizes.steps):
        progress.check()
        set_rate(optimiser, sizes.rate, step, sizes.steps)
        batch = to_tensor(choose_pieces(pictures, sizes.batch, sizes.piece, generator))
        loss = _loss(model, batch, sizes, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update(step)
        losses.append(loss.item())
        progress.update(step + 1, sizes.steps, unit="steps", metrics={"loss": losses[-1]})
    average.copy_to_weights()
    model.eval().requires_grad_(requires_grad=False)
    model.register_to_config(scaling_factor=measure_scaling_factor(model, pictures[:512]))
    return model, losses


def measure_scaling_factor(model: AutoencoderKL, pictures: torch.Tensor) -> float:
    """What latents are multiplied with so that their standard deviation is 1."""
    latents = encode(model, pictures)
    return round(float(model.config["scaling_factor"]) / latents.std().item(), 6)


@torch.no_grad()
def encode(model: AutoencoderKL, pictures: torch.Tensor, batch: int = 64) -> torch.Tensor:
    """Latents of drawings as the denoiser sees them: the means, scaled."""
    parts = [
        model.encode(to_tensor(part)).latent_dist.mode() * model.config["scaling_factor"]
        for part in torch.split(pictures, batch)
    ]
    return torch.cat(parts)


@torch.no_grad()
def decode(model: AutoencoderKL, latents: torch.Tensor, batch: int = 64) -> torch.Tensor:
    """Pictures of scaled latents, uint8."""
    parts = [
        model.decode(part / model.config["scaling_factor"], return_dict=False)[0]
        for part in torch.split(latents, batch)
    ]
    pictures = torch.cat(parts).clamp(-1, 1)
    return ((pictures + 1) * 127.5).round().to(torch.uint8)


def _loss(
    model: AutoencoderKL,
    batch: torch.Tensor,
    sizes: AutoencoderSizes,
    generator: torch.Generator,
) -> torch.Tensor:
    spread = model.encode(batch).latent_dist
    noise = torch.randn(spread.mean.shape, generator=generator)
    latents = spread.mean + spread.std * noise
    if sizes.noise:
        more = torch.randn(spread.mean.shape, generator=generator)
        latents = latents + sizes.noise * latents.detach().std() * more
    again = model.decode(latents, return_dict=False)[0]
    error = again - batch
    # Lines are thin and carry the motifs: differences between neighbours count as well. So does the
    # average of what one latent stands for, or colours drift where nothing else is to be seen.
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    colours = functional.avg_pool2d(error, _FACTOR).abs().mean()
    divergence = spread.kl().mean() / spread.mean[0].numel()
    loss: torch.Tensor = (
        error.abs().mean()
        + error.square().mean()
        + 0.5 * edges
        + colours
        + sizes.divergence_weight * divergence
    )
    return loss
