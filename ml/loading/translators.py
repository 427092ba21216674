"""Translation models of the encoder-decoder kind: Marian, M2M100, NLLB, T5, mBART and their like,
from a folder.

Weights are read from safetensors only, and code that a folder brings is never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ml import digests
from ml.datasets.problems import shown
from ml.loading import encoders, tensors, weights
from ml.loading.problems import UnfitModel


class Translator(Protocol):
    """Anything that puts texts of one language into another, each by itself."""

    def translate(self, texts: Sequence[str]) -> list[str]: ...

    def describe(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Languages:
    """As the model calls them; empty where its folder is for one pair only."""

    source: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class SeqToSeq:
    folder: Path
    digest: str
    model: Any
    tokenizer: Any
    first_token: int | None  # of the output: how many models are told the language
    longest: int  # tokens of the input
    max_tokens: int
    num_beams: int

    def describe(self) -> dict[str, Any]:
        family = str(self.model.config.model_type)
        return {"name": self.folder.name, "family": family, "digest": self.digest}

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Searched with beams and without chance: the same texts, the same translations."""
        import torch  # noqa: PLC0415 - costs seconds; who translates nothing does not need it

        if not texts:
            return []
        tokens = self.tokenizer(
            list(texts), return_tensors="pt", padding=True, truncation=True, max_length=self.longest
        ).to(self.model.device)
        options = {} if self.first_token is None else {"forced_bos_token_id": self.first_token}
        with torch.inference_mode():
            found = self.model.generate(
                input_ids=tokens["input_ids"],
                attention_mask=tokens["attention_mask"],
                max_new_tokens=self.max_tokens,
                num_beams=self.num_beams,
                do_sample=False,
                **options,
            )
        decoded: list[str] = self.tokenizer.batch_decode(found, skip_special_tokens=True)
        return [text.strip() for text in decoded]

    def count_tokens(self, text: str) -> int:
        return len(self.tokenizer(text)["input_ids"])


def open_translator(
    folder: Path, languages: Languages, *, device: str, max_tokens: int, num_beams: int
) -> SeqToSeq:
    layout = weights.check(folder)
    config = weights.read_json(folder / "config.json") if layout.kind == "transformers" else {}
    if not config.get("is_encoder_decoder"):
        raise UnfitModel(
            f"'{shown(folder.name)}' is of the family '{shown(layout.family)}'; a translation "
            "model with encoder and decoder is expected."
        )
    tokenizer = encoders.load_tokenizer(folder)
    if languages.source and hasattr(tokenizer, "src_lang"):
        tokenizer.src_lang = languages.source
    model = _load_model(folder, device)
    longest = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    return SeqToSeq(
        folder=folder,
        digest=digests.of_folder(folder),
        model=model,
        tokenizer=tokenizer,
        first_token=_find_language(tokenizer, languages.target, folder),
        longest=min(int(longest), tokenizer.model_max_length),
        max_tokens=max_tokens,
        num_beams=num_beams,
    )


def _load_model(folder: Path, device: str) -> Any:
    import torch  # noqa: PLC0415 - see above
    import transformers  # noqa: PLC0415 - see above

    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError(f"The device '{device}' is not there; this machine has no GPU for torch.")
    try:
        with encoders.without_progress_bar():
            model = transformers.AutoModelForSeq2SeqLM.from_pretrained(
                str(folder),
                dtype=torch.float16 if device.startswith("cuda") else torch.float32,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
            )
    except (OSError, ValueError) as error:
        raise UnfitModel(
            f"'{shown(folder.name)}' cannot be loaded for translating: {shown(error)}"
        ) from error
    tensors.check_finite(model.named_parameters(), f"'{shown(folder.name)}'")
    return model.to(device).eval()


def _find_language(tokenizer: Any, code: str, folder: Path) -> int | None:
    """M2M100 writes its codes as __xx__, NLLB and mBART as they are."""
    if not code:
        return None
    for spelling in (code, f"__{code}__"):
        found = tokenizer.convert_tokens_to_ids(spelling)
        if found is not None and found != tokenizer.unk_token_id:
            return int(found)
    raise UnfitModel(f"'{shown(folder.name)}' knows no language '{shown(code)}'.")
