"""ImageReward (arXiv 2304.05977) and models of its kind: BLIP reads the caption while it looks at
the picture, and a few linear layers make one number of what its first token has become.

The folder holds config.json (of BLIP, with `reward_head`), model.safetensors with the tensors as
ImageReward's own checkpoint calls them, a tokenizer and preprocessor_config.json; docs/filtering.md
says what stands in them. The checkpoint itself is a pickle and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ml import devices, digests
from ml.datasets.problems import shown
from ml.loading import encoders, preprocessing, tensors, tokenizers, weights
from ml.loading.preprocessing import Pixels, Preprocessing
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    import torch

FAMILY = "ImageReward"

# From the checkpoint's names to those of transformers' BLIP; the text part is called the same.
_VISION, _TEXT, _HEAD = "blip.visual_encoder.", "blip.text_encoder.", "mlp.layers."
_RENAMED = (
    (r"^cls_token$", "embeddings.class_embedding"),
    (r"^pos_embed$", "embeddings.position_embedding"),
    (r"^patch_embed\.proj\.", "embeddings.patch_embedding."),
    (r"^blocks\.(\d+)\.norm([12])\.", r"encoder.layers.\1.layer_norm\2."),
    (r"^blocks\.(\d+)\.attn\.qkv\.", r"encoder.layers.\1.self_attn.qkv."),
    (r"^blocks\.(\d+)\.attn\.proj\.", r"encoder.layers.\1.self_attn.projection."),
    (r"^blocks\.(\d+)\.mlp\.", r"encoder.layers.\1.mlp."),
    (r"^norm\.", "post_layernorm."),
)
# Of BLIP's training; the reward does not come from them.
_UNUSED = ("blip.vision_proj.", "blip.text_proj.", "blip.text_encoder.embeddings.position_ids")


@dataclass(frozen=True, kw_only=True)
class Head:
    """How the reward is brought to a mean of 0 and a deviation of 1, and what is read of it."""

    mean: float
    std: float
    longest: int  # of captions, in tokens


@dataclass(frozen=True, kw_only=True)
class ImageReward:
    folder: Path
    digest: str
    device: str
    vision: Any
    text: Any
    layers: Any  # linear ones, with nothing between them: what was between was for training
    head: Head
    preprocessing: Preprocessing
    tokenizer: Any

    def describe(self) -> dict[str, Any]:
        return {"name": self.folder.name, "family": FAMILY, "digest": self.digest}

    def count_cut(self, captions: Sequence[str]) -> int:
        """How many have an end that the model does not see."""
        if not captions:
            return 0
        found = self.tokenizer(list(captions), verbose=False)["input_ids"]
        return sum(len(tokens) > self.head.longest for tokens in found)

    def rate(self, pixels: Sequence[Pixels], captions: Sequence[str]) -> list[float]:
        """Of pictures as `preprocessing` prepares them, one number each."""
        import torch  # noqa: PLC0415 - costs seconds; who rates nothing does not need it

        batch = torch.from_numpy(np.stack(pixels)).to(self.device)
        values = encoders.standardise(batch, self.preprocessing, self.vision.dtype)
        tokens = self.tokenizer(
            list(captions), truncation=True, max_length=self.head.longest, padding=True,
            return_tensors="pt",
        ).to(self.device)  # fmt: skip
        with torch.inference_mode():
            seen = self.vision(pixel_values=values.permute(0, 3, 1, 2).contiguous())
            read = self.text(
                input_ids=tokens["input_ids"],
                attention_mask=tokens["attention_mask"],
                encoder_hidden_states=seen.last_hidden_state,
            )
            # In full numbers, as it was published: the layers multiply what is lost before them.
            rewards = self.layers(read.last_hidden_state[:, 0].float())[:, 0]
        if not rewards.isfinite().all():
            raise UnfitModel(
                f"'{shown(self.folder.name)}' gives rewards that are NaN or infinite; it cannot "
                f"compute in {str(self.vision.dtype).removeprefix('torch.')} on '{self.device}'."
            )
        return [(float(reward) - self.head.mean) / self.head.std for reward in rewards]


def load(folder: Path, *, device: str) -> ImageReward:
    layout = weights.check(folder)
    config = weights.read_json(folder / "config.json") if layout.kind == "transformers" else {}
    if layout.family != "blip" or "reward_head" not in config:
        raise UnfitModel(
            f"'{shown(folder.name)}' is of the family '{shown(layout.family)}' and its config.json "
            "has no 'reward_head'; a model of ImageReward's kind is expected."
        )
    devices.check(device)
    named = tensors.read(layout.components[0])
    tensors.check_finite(named.items(), f"'{shown(folder.name)}'")
    parts = _sort(named, folder)
    vision, text = _build(config, folder)
    _fill(vision, parts[_VISION], _VISION, folder)
    _fill(text, parts[_TEXT], _TEXT, folder)
    dtype = devices.find_dtype(devices.find_usual_format(device))
    return ImageReward(
        folder=folder,
        digest=digests.of_folder(folder),
        device=device,
        vision=vision.to(device, dtype).eval(),
        text=text.to(device, dtype).eval(),
        layers=_build_layers(parts[_HEAD], text.config.hidden_size, folder).to(device).eval(),
        head=_read_head(config["reward_head"], folder),
        preprocessing=preprocessing.read(folder, config),
        tokenizer=tokenizers.load_tokenizer(folder),
    )


def _build(config: Mapping[str, Any], folder: Path) -> tuple[Any, Any]:
    """The parts that see and read, their weights still to come."""
    import transformers  # noqa: PLC0415 - see above
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415 - see above

    try:
        vision = transformers.BlipVisionConfig(**config["vision_config"])
        text = transformers.BlipTextConfig(**config["text_config"])
        return (
            transformers.BlipVisionModel(vision),
            transformers.BlipTextModel(text, add_pooling_layer=False),
        )
    except (KeyError, TypeError, ValueError, StrictDataclassError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".:")
        raise UnfitModel(
            f"'{shown(folder.name)}/config.json' describes no BLIP, in vision_config and "
            f"text_config: {shown(reason)}."
        ) from error


def _read_head(facts: Any, folder: Path) -> Head:
    try:
        head = Head(
            mean=float(facts["mean"]), std=float(facts["std"]), longest=int(facts["max_tokens"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnfitModel(
            f"'{shown(folder.name)}/config.json' has a 'reward_head' without the numbers mean, std "
            "and max_tokens."
        ) from error
    if not head.std > 0 or head.longest < 1:
        raise UnfitModel(
            f"'{shown(folder.name)}/config.json' has a 'reward_head' with a std of {head.std:g} "
            f"and max_tokens of {head.longest}; both must be above zero."
        )
    return head


def _sort(named: Mapping[str, torch.Tensor], folder: Path) -> dict[str, dict[str, torch.Tensor]]:
    """By part of the model, under the names that transformers has for them."""
    parts: dict[str, dict[str, torch.Tensor]] = {_VISION: {}, _TEXT: {}, _HEAD: {}}
    for name, tensor in named.items():
        if name.startswith(_UNUSED):
            continue
        part = next((each for each in parts if name.startswith(each)), None)
        if part is None:
            raise UnfitModel(
                f"'{shown(folder.name)}' holds the tensor '{shown(name)}', which is no part of a "
                f"model of ImageReward's kind; those begin with {', '.join(parts)}."
            )
        own = name.removeprefix(part)
        parts[part][_rename(own) if part == _VISION else own] = tensor
    return parts


def _rename(name: str) -> str:
    for pattern, new in _RENAMED:
        name, num_changed = re.subn(pattern, new, name)
        if num_changed:
            break
    return name


def _fill(model: Any, found: Mapping[str, torch.Tensor], part: str, folder: Path) -> None:
    wanted = model.state_dict()
    for name in sorted({*wanted, *found}):
        if name not in found or name not in wanted:
            what = "lacks" if name not in found else "has"
            raise UnfitModel(
                f"'{shown(folder.name)}' {what} the tensor '{shown(name)}' of {part}*, against "
                "what its config.json says."
            )
        if found[name].shape != wanted[name].shape:
            raise UnfitModel(
                f"'{shown(folder.name)}' has the tensor '{shown(name)}' of {part}* in the shape "
                f"{list(found[name].shape)}; its config.json says {list(wanted[name].shape)}."
            )
    model.load_state_dict(dict(found))


def _build_layers(found: Mapping[str, torch.Tensor], width: int, folder: Path) -> torch.nn.Module:
    """As many as there are, in the order of their numbers, which have gaps."""
    import torch  # noqa: PLC0415 - see above

    layers = []
    numbers = sorted({int(name.split(".")[0]) for name in found if name.split(".")[0].isdigit()})
    for number in numbers:
        weight, bias = found.get(f"{number}.weight"), found.get(f"{number}.bias")
        is_fitting = weight is not None and bias is not None and weight.ndim == 2  # noqa: PLR2004 - a matrix
        if weight is None or bias is None or not is_fitting or weight.shape[1] != width:
            raise UnfitModel(
                f"'{shown(folder.name)}' has the layer '{_HEAD}{number}' which does not take the "
                f"{width} numbers before it."
            )
        layer = torch.nn.Linear(width, weight.shape[0])
        layer.load_state_dict({"weight": weight, "bias": bias})
        layers.append(layer)
        width = weight.shape[0]
    if not layers or width != 1:
        raise UnfitModel(
            f"'{shown(folder.name)}' does not make one number: its layers '{_HEAD}*' end in "
            f"{width}."
        )
    return torch.nn.Sequential(*layers).float()
