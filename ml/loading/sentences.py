"""Encoders of texts: sentence encoders of transformers' own classes from a folder, and the text
side of the encoders of pictures and texts. Vectors come out normalised, float32.

A sentence encoder is a model whose last layer is pooled over the tokens: their mean, unless the
folder says another way, as sentence-transformers writes it (modules.json, 1_Pooling/config.json).
Code that a folder brings is never run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ml import devices, digests
from ml.datasets.problems import shown
from ml.loading import encoders, pretrained, tokenizers, weights
from ml.loading.encoders import Vectors
from ml.loading.problems import UnfitModel
from specs.embeddings.encoders import FAMILIES as ENCODERS

if TYPE_CHECKING:
    import torch

    from ml.loading.weights import Layout

# By model_type: the class, and what it is told so that it has no pooler, which checkpoints of
# sentence encoders lack or never trained.
_NO_POOLER = {"add_pooling_layer": False}
FAMILIES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "bert": ("BertModel", _NO_POOLER),
    "distilbert": ("DistilBertModel", {}),
    "electra": ("ElectraModel", {}),
    "mpnet": ("MPNetModel", _NO_POOLER),
    "roberta": ("RobertaModel", _NO_POOLER),
    "xlm-roberta": ("XLMRobertaModel", _NO_POOLER),
}
# Their positions are counted from the one behind the padding's.
_OFFSET = frozenset({"mpnet", "roberta", "xlm-roberta"})
_POOLING = "pooling_mode_"
_POOLINGS = {"mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls",
             "max": "max", "max_tokens": "max"}  # fmt: skip
_MODULES = frozenset({"Transformer", "Pooling", "Normalize"})


class TextEncoder(Protocol):
    digest: str
    batch_size: int

    @property
    def longest(self) -> int:
        """Of texts, in tokens."""

    def describe(self) -> dict[str, Any]: ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors: ...

    def count_cut(self, texts: Sequence[str]) -> int:
        """How many have an end that the model does not see."""


@dataclass(kw_only=True)
class SentenceEncoder:
    folder: Path
    family: str
    device: str
    model: Any
    tokenizer: Any
    pooling: str
    longest: int
    batch_size: int = 32
    digest: str = ""

    def describe(self) -> dict[str, Any]:
        return {"name": self.folder.name, "family": self.family, "digest": self.digest}

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """In batches of `batch_size`, the last one as small as it comes."""
        import torch  # noqa: PLC0415 - costs seconds; who embeds nothing does not need it

        starts = range(0, len(texts), self.batch_size)
        with torch.inference_mode():
            parts = [self._embed(list(texts[at : at + self.batch_size])) for at in starts]
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)

    def count_cut(self, texts: Sequence[str]) -> int:
        if not texts:
            return 0
        found = self.tokenizer(list(texts), verbose=False)["input_ids"]
        return sum(len(tokens) > self.longest for tokens in found)

    def _embed(self, texts: list[str]) -> Vectors:
        tokens = self.tokenizer(
            texts, truncation=True, max_length=self.longest, padding=True, return_tensors="pt"
        )
        mask = tokens["attention_mask"].to(self.device)
        found = self.model(input_ids=tokens["input_ids"].to(self.device), attention_mask=mask)
        pooled = _pool(found.last_hidden_state.float(), mask, self.pooling)
        lengths = pooled.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        if not lengths.isfinite().all():
            raise UnfitModel(
                f"'{shown(self.folder.name)}' gives vectors that are NaN or infinite on "
                f"'{self.device}'."
            )
        vectors: Vectors = (pooled / lengths).cpu().numpy()
        return vectors


def _pool(states_BTD: torch.Tensor, mask_BT: torch.Tensor, pooling: str) -> torch.Tensor:  # noqa: N803 - shapes
    """B texts, T tokens, D numbers. Padding counts for nothing."""
    if pooling == "cls":
        return states_BTD[:, 0]
    is_text = mask_BT.unsqueeze(-1).bool()
    if pooling == "max":
        return states_BTD.masked_fill(~is_text, float("-inf")).amax(dim=1)
    return states_BTD.masked_fill(~is_text, 0).sum(dim=1) / is_text.sum(dim=1).clamp_min(1)


def open_text_encoder(folder: Path, *, device: str = "cpu", batch_size: int = 32) -> TextEncoder:
    layout = weights.check(folder)
    if layout.family in ENCODERS:
        return encoders.open_encoder(folder, device=device, batch_size=batch_size)
    if layout.kind != "transformers" or layout.family not in FAMILIES:
        known = ", ".join([*ENCODERS.values(), *FAMILIES])
        raise UnfitModel(
            f"'{shown(folder.name)}' is of the family '{shown(layout.family)}'; an encoder of "
            f"texts of the families {known} is expected."
        )
    pooling = read_pooling(folder)
    tokenizer = tokenizers.load_tokenizer(folder)
    model = _load_model(layout, device)
    return SentenceEncoder(
        folder=folder,
        family=layout.family,
        device=device,
        model=model,
        tokenizer=tokenizer,
        pooling=pooling,
        longest=_find_longest(folder, layout.family, model.config, tokenizer),
        batch_size=batch_size,
        digest=digests.of_folder(folder),
    )


def read_pooling(folder: Path) -> str:
    """'mean', 'cls' or 'max'; 'mean' where the folder says nothing."""
    where = folder / "1_Pooling"
    if (folder / "modules.json").is_file():
        where = _find_pooling(folder) or where
    if not (where / "config.json").is_file():
        return "mean"
    config = weights.read_json(where / "config.json")
    asked = config.get("pooling_mode")
    if asked is None:
        asked = [
            name.removeprefix(_POOLING)
            for name, value in config.items()
            if name.startswith(_POOLING) and value is True
        ]
    named = [asked] if isinstance(asked, str) else list(asked)
    if len(named) != 1 or named[0] not in _POOLINGS:
        raise UnfitModel(
            f"'{shown(folder.name)}' pools its tokens by '{shown(', '.join(map(str, named)))}'; "
            "one of mean, cls and max is expected."
        )
    return _POOLINGS[named[0]]


def _find_pooling(folder: Path) -> Path | None:
    """Further modules would change the vectors, so they are not left out silently."""
    found = None
    for module in _read_modules(folder / "modules.json"):
        kind = str(module.get("type", "")).rpartition(".")[2]
        if kind not in _MODULES:
            raise UnfitModel(
                f"'{shown(folder.name)}' has a module '{shown(kind)}' behind its model, which "
                f"is not known here; {', '.join(sorted(_MODULES))} are."
            )
        if kind == "Pooling":
            found = folder / Path(str(module.get("path", ""))).name
    return found


def _read_modules(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnfitModel(f"'{shown(path.parent.name)}/{path.name}' is not JSON.") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnfitModel(f"'{shown(path.parent.name)}/{path.name}' is no list of modules.")
    return found


def _find_longest(folder: Path, family: str, config: Any, tokenizer: Any) -> int:
    most = int(config.max_position_embeddings)
    if family in _OFFSET:
        most -= int(config.pad_token_id) + 1
    most = min(most, int(tokenizer.model_max_length))
    stated = folder / "sentence_bert_config.json"
    if stated.is_file():
        asked = weights.read_json(stated).get("max_seq_length")
        most = min(most, int(asked)) if isinstance(asked, int) and asked > 0 else most
    return most


def _load_model(layout: Layout, device: str) -> Any:
    import transformers  # noqa: PLC0415 - costs seconds; only those who embed need it

    class_name, told = FAMILIES[layout.family]
    return pretrained.load(
        getattr(transformers, class_name),
        layout.root,
        device=device,
        dtype=devices.find_dtype(devices.find_usual_format(device)),
        **told,
    )
