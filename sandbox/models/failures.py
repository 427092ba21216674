"""Pictures that show nothing, as a model makes them that has not learned enough."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch.nn import functional

from sandbox.models import autoencoder as ae

_WINDOW = 4  # latents a side within which they change places
_BEND = 0.22  # of half a picture's side, on average
_OUTLINE = 0.72  # how far from the middle a large thing has its outline, in the same measure


@dataclass(frozen=True)
class Material:
    """Drawings, others like them of other things, and chance. All uint8 BCHW."""

    autoencoder: AutoencoderKL
    one: torch.Tensor
    two: torch.Tensor
    generator: torch.Generator


def spoil(
    autoencoder: AutoencoderKL,
    one: torch.Tensor,
    two: torch.Tensor,
    kinds: torch.Tensor,
    generator: torch.Generator,
) -> torch.Tensor:
    """Each in the way whose number in KINDS stands beside it."""
    pixels = torch.empty_like(one)
    for number, make in enumerate(KINDS):
        chosen = kinds == number
        if chosen.any():
            pixels[chosen] = make(Material(autoencoder, one[chosen], two[chosen], generator))
    return pixels


def blur(material: Material) -> torch.Tensor:
    width = 13 + 2 * int(torch.randint(0, 4, (), generator=material.generator))
    soft = functional.pad(material.one.float(), (width // 2,) * 4, mode="replicate")
    for _ in range(2):
        soft = functional.avg_pool2d(soft, 9, stride=1, padding=4, count_include_pad=False)
    return functional.avg_pool2d(soft, width, stride=1).round().to(torch.uint8)


def cut_up(material: Material) -> torch.Tensor:
    """Sixteen pieces in another order."""
    num, channels, side, _ = material.one.shape
    piece = side // 4
    pieces = material.one.reshape(num, channels, 4, piece, 4, piece).permute(0, 2, 4, 1, 3, 5)
    pieces = pieces.reshape(num, 16, channels, piece, piece)
    order = torch.rand((num, 16), generator=material.generator).argsort(dim=1)
    mixed = pieces[torch.arange(num)[:, None], order].reshape(num, 4, 4, channels, piece, piece)
    return mixed.permute(0, 3, 1, 4, 2, 5).reshape(num, channels, side, side)


def blend(material: Material) -> torch.Tensor:
    """Two things at once, mixed where the denoiser works: neither the one nor the other."""
    one, two = (ae.encode(material.autoencoder, each) for each in (material.one, material.two))
    share = 0.4 + 0.2 * torch.rand((len(one), 1, 1, 1), generator=material.generator)
    return ae.decode(material.autoencoder, torch.lerp(one, two, share))


def imagine(material: Material) -> torch.Tensor:
    """What the decoder makes of noise, fine or coarse."""
    num, _, side, _ = material.one.shape
    shape = (num, ae.NUM_CHANNELS, side // 4, side // 4)
    noise = torch.randn(shape, generator=material.generator)
    coarse = functional.interpolate(noise[..., ::4, ::4], size=shape[-2:], mode="bilinear")
    is_coarse = (torch.arange(num) % 2 == 0)[:, None, None, None]
    return ae.decode(material.autoencoder, torch.where(is_coarse, coarse * 1.5, noise))


def scramble(material: Material) -> torch.Tensor:
    """Right colours in the right place, in no order."""
    latents = ae.encode(material.autoencoder, material.one)
    return ae.decode(material.autoencoder, shuffle_windows(latents, _WINDOW, material.generator))


def melt(material: Material) -> torch.Tensor:
    """Bent out of shape."""
    return _pass_on(material, bend(material.one, torch.ones(()), material.generator))


def tangle(material: Material) -> torch.Tensor:
    """Bent within, the outline as it should be: a cloth, but of no pattern that anybody knows."""
    rim = fade_to_rim(material.one.shape[-1])
    return _pass_on(material, bend(material.one, rim, material.generator))


def shuffle_windows(latents: torch.Tensor, window: int, generator: torch.Generator) -> torch.Tensor:
    """BCHW; in each square of so many a side, all places change with one another."""
    num, channels, side, _ = latents.shape
    cells = side // window
    windows = latents.reshape(num, channels, cells, window, cells, window)
    windows = windows.permute(0, 2, 4, 1, 3, 5).reshape(num, cells, cells, channels, -1)
    chance = torch.rand((num, cells, cells, 1, window * window), generator=generator)
    mixed = windows.gather(-1, chance.argsort(dim=-1).expand_as(windows))
    mixed = mixed.reshape(num, cells, cells, channels, window, window)
    return mixed.permute(0, 3, 1, 4, 2, 5).reshape(latents.shape)


def bend(pixels: torch.Tensor, where: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Every point is drawn from somewhere else, its neighbours from nearby; `where` (HW, 0 to 1)
    says how far.
    """
    side = pixels.shape[-1]
    coarse = torch.randn((len(pixels), 2, 6, 6), generator=generator) * _BEND
    away = functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=True)
    along = torch.linspace(-1, 1, side)
    straight = torch.stack(torch.meshgrid(along, along, indexing="xy"), dim=-1)
    bent = functional.grid_sample(
        pixels.float(),
        straight + (away * where).permute(0, 2, 3, 1),
        padding_mode="border",
        align_corners=True,
    )
    return bent.round().clamp(0, 255).to(torch.uint8)


def fade_to_rim(side: int) -> torch.Tensor:
    """HW: one in the middle, nothing from where large things have their outline."""
    along = torch.linspace(-1, 1, side).abs()
    from_rim = _OUTLINE - torch.maximum(along[:, None], along[None, :])
    return (4 * from_rim).clamp(0, 1)


def _pass_on(material: Material, pixels: torch.Tensor) -> torch.Tensor:
    """As all that a model makes: or what is sharp and odd would be told by its sharpness."""
    return ae.decode(material.autoencoder, ae.encode(material.autoencoder, pixels))


KINDS: tuple[Callable[[Material], torch.Tensor], ...] = (
    blur,
    cut_up,
    blend,
    imagine,
    scramble,
    melt,
    tangle,
)
