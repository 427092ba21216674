"""A small convolutional network with one head for each kind of attribute of a picture.

Its folder holds `model.safetensors` and `config.json`, which says what the heads tell apart, how
questions about them are worded, and which words mean which class. What a question asks is looked
up, never guessed: one that no wording fits is a gap. Every head also knows a class `other`, which
no question asks for: what a broken picture shows.

Knows nothing of any world: whoever trains one says what it sees.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import torch
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from safetensors.torch import load_file
from torch import nn

from ml import devices, digests
from ml.benchmarks.judging import Asked, Reply, Setting
from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets.problems import shown
from ml.loading import tensors, weights
from specs.method import MethodSpec

OTHER = "other"
CONFIG, WEIGHTS = "config.json", "model.safetensors"
_LONGEST_QUESTION = 1000


class Wording(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: str
    pattern: str = Field(description="Of the whole question, in lower case; names one 'phrase'.")


class Config(BaseModel):
    """`config.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_type: str = "attributes"
    side: int = Field(default=64, ge=16, le=1024)
    channels: tuple[int, ...] = Field(default=(24, 48, 96, 128), min_length=1)
    width: int = Field(default=128, ge=1)
    heads: Mapping[str, tuple[str, ...]]
    wordings: tuple[Wording, ...]
    phrases: Mapping[str, Mapping[str, str]]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for wording in self.wordings:
            if "phrase" not in re.compile(wording.pattern).groupindex:
                raise ValueError(f"The wording '{wording.pattern}' names no phrase.")
        for head in {wording.head for wording in self.wordings} | set(self.phrases):
            unknown = set(self.phrases.get(head, {}).values()) - set(self.heads.get(head, ()))
            if head not in self.heads or unknown:
                raise ValueError(f"The head '{head}' does not tell apart what is asked of it.")
        return self

    @cached_property
    def compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((each.head, re.compile(each.pattern)) for each in self.wordings)

    def look_up(self, question: str) -> tuple[str, str] | None:
        """The head that is asked, and the class that would be a yes."""
        text = " ".join(question.split()).lower()
        if len(text) > _LONGEST_QUESTION:
            return None
        for head, pattern in self.compiled:
            if found := pattern.fullmatch(text):
                wanted = self.phrases.get(head, {}).get(found["phrase"])
                return None if wanted is None else (head, wanted)
        return None


class Network(nn.Module):
    """Shapes: B batch, C channels, H height, W width, K classes of a head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for channels in config.channels:
            layers += [
                nn.Conv2d(before, channels, 3, stride=2, padding=1),
                nn.GroupNorm(min(8, channels), channels),
                nn.SiLU(),
            ]
            before = channels
        self.trunk = nn.Sequential(*layers)
        # Where something is counts: the grid is laid flat, not averaged.
        grid = -(-config.side // 2 ** len(config.channels))
        self.neck = nn.Sequential(nn.Linear(before * grid * grid, config.width), nn.SiLU())
        self.heads = nn.ModuleDict(
            {name: nn.Linear(config.width, len(classes)) for name, classes in config.heads.items()}
        )

    def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
        """BCHW from -1 to 1, to BK for each head."""
        seen = self.neck(self.trunk(pictures).flatten(1))
        return {name: head(seen) for name, head in self.heads.items()}


class AttributesJudge:
    is_repeatable = True

    def __init__(self, config: Config, network: Network, *, digest: str, setting: Setting) -> None:
        self.config = config
        self.digest = digest
        self.network = network.eval()
        self._setting = setting

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        seen: dict[str, dict[str, str]] = {}
        replies = []
        for asked in batch:
            wanted = self.config.look_up(asked.question)
            if wanted is None:
                replies.append(Reply(None, "this question is not one of its wordings"))
                continue
            if asked.sha256 not in seen:
                seen[asked.sha256] = self.describe(asked.open_picture())
            head, name = wanted
            found = seen[asked.sha256][head]
            replies.append(Reply(found == name, found))
        return replies

    @torch.inference_mode()
    def describe(self, picture: Image.Image) -> dict[str, str]:
        """What it sees, head by head. One picture at a time: an answer must not depend, not even in
        its last bit, on what else was asked in the same batch.
        """
        pixels = _to_tensor(picture, self.config.side).to(
            self._setting.device,
            devices.find_dtype(self._setting.dtype),
        )
        found = self.network(pixels)
        for head, scores in found.items():
            if not torch.isfinite(scores).all():  # of NaN, argmax would choose one all the same
                raise BenchmarkImpossible(
                    f"The head '{head}' of the judge gives scores that are NaN or infinite; the "
                    f"number format {self._setting.dtype} is too narrow for it."
                )
        return {
            head: self.config.heads[head][int(scores[0].argmax())] for head, scores in found.items()
        }


def load(spec: MethodSpec, source: Path, setting: Setting) -> AttributesJudge:
    """From a folder with config.json and model.safetensors."""
    weights.check(source)
    config = read_config(source)
    network = Network(config)
    try:
        network.load_state_dict(load_file(source / WEIGHTS))
    except RuntimeError as error:
        raise BenchmarkImpossible(
            f"The weights in '{source.name}' do not fit its {CONFIG}: {error}"
        ) from error
    network.to(setting.device, devices.find_dtype(setting.dtype))
    tensors.check_finite(network.named_parameters(), f"'{shown(source.name)}'")
    digest = f"{spec.method} {digests.of_folder(source)} {setting.dtype}"
    return AttributesJudge(config, network, digest=digest, setting=setting)


def read_config(folder: Path) -> Config:
    try:
        return Config.model_validate(weights.read_json(folder / CONFIG))
    except (ValidationError, re.error) as error:
        raise BenchmarkImpossible(
            f"'{folder.name}/{CONFIG}' describes no judge of this kind: {error}"
        ) from error


def write_config(config: Config, folder: Path) -> None:
    text = json.dumps(config.model_dump(mode="json"), ensure_ascii=False, indent=1)
    (folder / CONFIG).write_text(text + "\n", "utf-8")


def _to_tensor(picture: Image.Image, side: int) -> torch.Tensor:
    plain = picture.convert("RGB")
    if plain.size != (side, side):
        plain = plain.resize((side, side), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.array(plain, dtype=np.float32))
    return pixels.permute(2, 0, 1)[None].div(127.5).sub(1)
