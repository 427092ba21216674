"""What the denoiser is told: prompts as tokens and embeddings, as the pipeline makes them.

Shapes: B batch, T tokens, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from sandbox.models.pipeline import SIDE, Denoiser


@dataclass(frozen=True)
class Told:
    states: torch.Tensor  # BTD, both encoders side by side
    pooled: torch.Tensor  # BD, of the second encoder

    def without(self, dropped: torch.Tensor) -> "Told":
        """Zeros where `dropped` (B, bool) holds: what guidance starts from."""
        kept = (~dropped).float()
        return Told(self.states * kept[:, None, None], self.pooled * kept[:, None])


@dataclass(frozen=True)
class Tokens:
    first: torch.Tensor  # BT
    second: torch.Tensor  # BT

    def __getitem__(self, chosen: torch.Tensor) -> "Tokens":
        return Tokens(self.first[chosen], self.second[chosen])

    def __len__(self) -> int:
        return len(self.first)


def tokenize(denoiser: Denoiser, texts: Sequence[str]) -> Tokens:
    first, second = (
        tokenizer(
            list(texts),
            padding="max_length",
            max_length=tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        ).input_ids
        for tokenizer in (denoiser.tokenizer, denoiser.tokenizer_2)
    )
    return Tokens(first, second)


def read(denoiser: Denoiser, tokens: Tokens) -> Told:
    """SDXL reads the last layer but one of both encoders, and what the second says in all."""
    first = denoiser.text_encoder(tokens.first, output_hidden_states=True)
    second = denoiser.text_encoder_2(tokens.second, output_hidden_states=True)
    states = torch.cat([first.hidden_states[-2], second.hidden_states[-2]], dim=-1)
    return Told(states, second.text_embeds)


def list_time_ids(num: int) -> torch.Tensor:
    """Original size, corner, wanted size: always those of a whole picture here."""
    return torch.tensor([[SIDE, SIDE, 0, 0, SIDE, SIDE]], dtype=torch.float32).repeat(num, 1)
