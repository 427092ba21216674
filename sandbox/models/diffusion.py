"""The denoiser, trained from nothing on latents: velocity, plain mean square, all times alike.

Weighting times by their signal would leave out the last one, where no signal is left: the one at
which every picture starts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional

from ml.progress import Progress, Silent
from sandbox.models.pipeline import Denoiser, build_scheduler
from sandbox.models.prompting import Tokens, list_time_ids, read, tokenize
from sandbox.models.schedule import Average, set_rate

Watch = Callable[[int, Denoiser], None]


@dataclass(frozen=True, kw_only=True)
class DiffusionSizes:
    steps: int = 6500
    batch: int = 32
    rate: float = 1e-3
    weight_decay: float = 0.01
    average: float = 0.999
    zeroed: float = 0.08  # how often nothing at all is told, which guidance needs
    silent: float = 0.02  # how often an empty prompt is told, for those who give one
    watch_every: int = 500


@dataclass(frozen=True)
class Examples:
    """Latents (BCHW, scaled) and what was written beside the pictures."""

    latents: torch.Tensor
    tokens: Tokens
    silence: Tokens  # of the empty prompt

    @classmethod
    def make(cls, denoiser: Denoiser, latents: torch.Tensor, texts: list[str]) -> "Examples":
        return cls(latents, tokenize(denoiser, texts), tokenize(denoiser, [""]))


def train_denoiser(
    denoiser: Denoiser,
    examples: Examples,
    sizes: DiffusionSizes,
    *,
    seed: int,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> list[float]:
    """In place; gives the loss of every step."""
    progress = progress or Silent()
    generator = torch.Generator().manual_seed(seed)
    signal = build_scheduler().alphas_cumprod
    weights = [weight for module in denoiser.modules for weight in module.parameters()]
    # One call for all weights: with so small ones the calls cost more than the arithmetic.
    optimiser = torch.optim.AdamW(
        weights, lr=sizes.rate, weight_decay=sizes.weight_decay, betas=(0.9, 0.99), fused=True
    )
    average = Average(*denoiser.modules, decay=sizes.average)
    losses = []
    for step in range(sizes.steps):
        progress.check()
        set_rate(optimiser, sizes.rate, step, sizes.steps)
        loss = _loss(denoiser, examples, sizes, signal, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update(step)
        losses.append(loss.item())
        progress.update(step + 1, sizes.steps, unit="steps", metrics={"loss": losses[-1]})
        if watch is not None and (step + 1) % sizes.watch_every == 0:
            with average.in_place():
                watch(step + 1, denoiser)
    average.copy_to_weights()
    for module in denoiser.modules:
        module.eval().requires_grad_(requires_grad=False)
    return losses


def _loss(
    denoiser: Denoiser,
    examples: Examples,
    sizes: DiffusionSizes,
    signal: torch.Tensor,
    generator: torch.Generator,
) -> torch.Tensor:
    chosen = torch.randint(len(examples.latents), (sizes.batch,), generator=generator)
    latents = examples.latents[chosen]
    noise = torch.randn(latents.shape, generator=generator)
    times = draw_times(sizes.batch, len(signal), generator)
    kept = signal[times][:, None, None, None]
    noisy = kept.sqrt() * latents + (1 - kept).sqrt() * noise
    velocity = kept.sqrt() * noise - (1 - kept).sqrt() * latents
    chance = torch.rand(sizes.batch, generator=generator)
    tokens = _silence(examples, chosen, chance > 1 - sizes.silent)
    told = read(denoiser, tokens).without(chance < sizes.zeroed)
    found = denoiser.unet(
        noisy,
        times,
        encoder_hidden_states=told.states,
        added_cond_kwargs={"text_embeds": told.pooled, "time_ids": list_time_ids(sizes.batch)},
        return_dict=False,
    )[0]
    return functional.mse_loss(found, velocity)


def draw_times(num: int, num_times: int, generator: torch.Generator) -> torch.Tensor:
    """Spread evenly over the batch, which makes the loss less noisy, from a random start."""
    start = torch.rand((), generator=generator)
    return ((torch.arange(num) / num + start) % 1 * num_times).long()


def _silence(examples: Examples, chosen: torch.Tensor, silent: torch.Tensor) -> Tokens:
    tokens = examples.tokens[chosen]
    return Tokens(
        torch.where(silent[:, None], examples.silence.first, tokens.first),
        torch.where(silent[:, None], examples.silence.second, tokens.second),
    )
