"""What stands between two models at a share of the second: the one arithmetic of every mixture, so
that a mixture in memory has the very bits of the one that is written to a file.

Half types are mixed by `torch.lerp`, which computes in fp32. That is exact before the last rounding
when the weight has few binary digits (0.25, 0.5, 0.75). With other weights, values of opposite
sign can cancel and show the rounding of fp32: those few are computed again. So are all values where
halves are not, or where the weight is no share: in fp64, with the weight in two parts, whose
products with the difference are exact where it cancels.

Tensors come flat, and go through in blocks: how a caller cuts them changes no bit as long as it
cuts at multiples of `BLOCK` and torch computes with one thread.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

_MANTISSA_BITS = {torch.float16: 10, torch.bfloat16: 7}
_FEW_DIGITS = 12
_CANCELLED = 10  # binary digits
_MAGNITUDE = np.int16(2**15 - 1)
BLOCK = 2**19
"""Values at a time: what is computed with them stays in the processor's cache."""


@dataclass
class Scratch:
    """Memory of one thread, used again for every block."""

    base: torch.Tensor
    change: torch.Tensor
    mixed: torch.Tensor


def make_scratch(size: int = BLOCK) -> Scratch:
    return Scratch(*(torch.empty(size, dtype=torch.float64) for _ in range(3)))


def mix(
    base: torch.Tensor, tuned: torch.Tensor, weight: float, out: torch.Tensor, scratch: Scratch
) -> None:
    """(1 - weight) * base + weight * tuned."""
    is_half_share = base.dtype in _MANTISSA_BITS and 0 <= weight <= 1
    mix_block = _lerp if is_half_share else _mix_exactly
    for begin in range(0, len(base), BLOCK):
        block = slice(begin, min(begin + BLOCK, len(base)))
        mix_block(base[block], tuned[block], weight, out[block], scratch)


def add(
    base: torch.Tensor, change: torch.Tensor, weight: float, out: torch.Tensor, scratch: Scratch
) -> None:
    """Base + weight * change, where the change is fp64 already."""
    for begin in range(0, len(base), BLOCK):
        size = min(BLOCK, len(base) - begin)
        first = scratch.base[:size].copy_(base[begin : begin + size])
        _add(first, change[begin : begin + size], weight, out[begin : begin + size], scratch)


def rounds_once(weight: float) -> bool:
    """Whether `torch.lerp` of halves is exact but for its last rounding, whatever the values."""
    mantissa, _ = math.frexp(weight)
    return float(mantissa * 2**_FEW_DIGITS).is_integer()


def subtract(
    base: torch.Tensor, tuned: torch.Tensor, scratch: Scratch
) -> tuple[torch.Tensor, torch.Tensor]:
    """A block of the base and what tuning changed in it, both in fp64."""
    first = scratch.base[: len(base)].copy_(base)
    change = scratch.change[: len(base)].copy_(tuned)
    change -= first
    return first, change


def _lerp(
    base: torch.Tensor, tuned: torch.Tensor, weight: float, out: torch.Tensor, scratch: Scratch
) -> None:
    torch.lerp(base, tuned, weight, out=out)
    # The largest numbers of bf16 are those of fp32, where their difference may overflow. The sum is
    # the quick look: it is not finite when a value is not.
    if base.dtype == torch.bfloat16 and not math.isfinite(float(out.sum())):
        _mix_again(~torch.isfinite(out), base, tuned, weight, out)
    if not rounds_once(weight):
        # fp32 is wrong by at most 2**-21 of the larger value, which is less than a unit in the last
        # place of a half that is not smaller than 2**-10 of it.
        cancelled = _find_cancelled(base, tuned, out, scratch)
        if cancelled.any():
            _mix_again(torch.from_numpy(cancelled), base, tuned, weight, out)


def _find_cancelled(
    base: torch.Tensor, tuned: torch.Tensor, out: torch.Tensor, scratch: Scratch
) -> npt.NDArray[np.bool_]:
    """Where the outcome is less than 2**-10 of the larger value.

    Bits without their sign are in the order of the numbers, and adding to the exponent multiplies:
    far faster than arithmetic of halves. A subnormal outcome counts as the smallest normal one,
    whose last place is its own.
    """
    first, second, outcome = (each.view(torch.int16).numpy() for each in (base, tuned, out))
    size = len(first)
    larger, other = (
        each.view(torch.int16).numpy()[:size] for each in (scratch.base, scratch.mixed)
    )
    np.bitwise_and(first, _MAGNITUDE, out=larger)
    np.bitwise_and(second, _MAGNITUDE, out=other)
    np.maximum(larger, other, out=larger)
    larger -= _CANCELLED << _MANTISSA_BITS[base.dtype]
    np.bitwise_and(outcome, _MAGNITUDE, out=other)
    cancelled: npt.NDArray[np.bool_] = other <= larger
    return cancelled


def _mix_again(
    which: torch.Tensor, base: torch.Tensor, tuned: torch.Tensor, weight: float, out: torch.Tensor
) -> None:
    places = which.nonzero().view(-1)
    exact = out.new_empty(len(places))
    _mix_exactly(base[places], tuned[places], weight, exact, make_scratch(len(places)))
    out[places] = exact


def _mix_exactly(
    base: torch.Tensor, tuned: torch.Tensor, weight: float, out: torch.Tensor, scratch: Scratch
) -> None:
    # From the nearer end: beside a base that is larger by 2**53, the difference has lost the tuned
    # value, which is nearly all of what a weight close to 1 asks for.
    if 0.5 < weight <= 1:  # noqa: PLR2004 - the middle
        base, tuned, weight = tuned, base, 1 - weight
    first, change = subtract(base, tuned, scratch)
    _add(first, change, weight, out, scratch)


def _add(
    first: torch.Tensor, change: torch.Tensor, weight: float, out: torch.Tensor, scratch: Scratch
) -> None:
    large = float(np.float32(weight))
    small = weight - large
    mixed = torch.add(first, change, alpha=large, out=scratch.mixed[: len(first)])
    if small:
        mixed.add_(change, alpha=small)
    out.copy_(mixed)
