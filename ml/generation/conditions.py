"""What a prompt becomes before pictures are made of it: embeddings, and what did not fit.

A prompt is encoded alone, once, and kept over seeds and variants: text encoders do not change in a
sweep. Past a limit of memory it is encoded again, with the same result.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from ml.loading.prompts import Prompt

_MOST_BYTES = 2 * 2**30
# How encode_prompt calls what it returns, in order; the pipeline takes the same names.
_NAMES: Mapping[int, tuple[str, ...]] = {
    2: ("prompt_embeds", "negative_prompt_embeds"),
    4: (
        "prompt_embeds",
        "negative_prompt_embeds",
        "pooled_prompt_embeds",
        "negative_pooled_prompt_embeds",
    ),
}

Embeddings = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Cut:
    """How long a text is, and what each tokenizer leaves out of it."""

    num_tokens: int  # of the tokenizer that needs most, both marks included
    by_tokenizer: Mapping[str, str]  # those that cut -> the words that are lost

    @property
    def text(self) -> str:
        """The longest: what at least one of the encoders never saw."""
        return max(self.by_tokenizer.values(), key=len, default="")


class Conditions:
    def __init__(self, pipeline: Any, *, guided: bool, most_bytes: int = _MOST_BYTES) -> None:
        self.pipeline = pipeline
        self.guided = guided
        self.most_bytes = most_bytes
        self.measure = lru_cache(maxsize=None)(self._measure)
        self._kept: OrderedDict[tuple[str, str], Embeddings] = OrderedDict()
        self._num_bytes = 0

    def stack(self, prompts: Sequence[Prompt], negatives: Sequence[str]) -> dict[str, torch.Tensor]:
        """One row per picture, under the names that the pipeline takes."""
        rows = [
            self._find("prompt", prompt.text)
            | (self._find("negative", negative) if self.guided else {})
            for prompt, negative in zip(prompts, negatives, strict=True)
        ]
        device = self.pipeline._execution_device  # noqa: SLF001 - how every pipeline says it
        return {name: torch.cat([row[name] for row in rows]).to(device) for name in rows[0]}

    def _find(self, role: str, text: str) -> dict[str, torch.Tensor]:
        if (role, text) in self._kept:
            self._kept.move_to_end((role, text))
            return dict(self._kept[role, text])
        made = self._encode(role, text)
        self._kept[role, text] = made
        self._num_bytes += _count_bytes(made)
        while self._num_bytes > self.most_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._num_bytes -= _count_bytes(oldest)
        return made

    @torch.no_grad()
    def _encode(self, role: str, text: str) -> dict[str, torch.Tensor]:
        """No negative prompt is not the same as an empty one: some models were trained on zeros."""
        is_negative = role == "negative"
        made = self.pipeline.encode_prompt(
            prompt="" if is_negative else text,
            device=self.pipeline._execution_device,  # noqa: SLF001 - as above
            num_images_per_prompt=1,
            do_classifier_free_guidance=is_negative,
            negative_prompt=(text or None) if is_negative else None,
        )
        return {
            name: tensor.cpu()
            for name, tensor in zip(_NAMES[len(made)], made, strict=True)
            if name.startswith("negative_") == is_negative
        }

    def _measure(self, text: str) -> Cut:
        lengths, cut = [0], {}
        for name, tokenizer in self.pipeline.components.items():
            if not name.startswith("tokenizer") or tokenizer is None:
                continue
            encoder = getattr(self.pipeline, name.replace("tokenizer", "text_encoder"))
            limit = min(tokenizer.model_max_length, encoder.config.max_position_embeddings)
            tokens = tokenizer(text, truncation=False, verbose=False).input_ids
            lengths.append(len(tokens))
            if len(tokens) > limit:  # the end mark takes the last place
                cut[name] = tokenizer.decode(tokens[limit - 1 : -1]).strip()
        return Cut(max(lengths), cut)


def _count_bytes(embeddings: Embeddings) -> int:
    return sum(tensor.nbytes for tensor in embeddings.values())
