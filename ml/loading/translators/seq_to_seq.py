"""Translation models with encoder and decoder: NLLB, M2M100, Marian, T5, mBART and their like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import devices, digests
from ml.datasets.problems import shown
from ml.loading import generative, tokenizers
from ml.loading.problems import UnfitModel
from ml.loading.translators import translator
from ml.loading.translators.languages import Language
from ml.loading.translators.translator import Translated
from specs.filters.translation import Translation

# What they write is in a language only if they are told which. Others are for one pair.
_TOLD_BY_TOKENS = frozenset({"m2m_100", "nllb-moe"})
_TOLD_BY_OWN_CODES = frozenset({"mbart"})


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
    growth: float

    def describe(self) -> dict[str, Any]:
        family = str(self.model.config.model_type)
        return {"name": self.folder.name, "family": family, "digest": self.digest}

    def translate(self, texts: Sequence[str]) -> list[Translated]:
        lengths = [len(self.tokenizer(text, verbose=False)["input_ids"]) for text in texts]
        fitting = [
            text for text, length in zip(texts, lengths, strict=True) if length <= self.longest
        ]
        found = iter(self._translate(fitting))
        return [
            next(found) if length <= self.longest else translator.too_long(length, self.longest)
            for length in lengths
        ]

    def _translate(self, texts: Sequence[str]) -> list[Translated]:
        if not texts:
            return []
        tokens = self.tokenizer(list(texts), return_tensors="pt", padding=True)
        options = {} if self.first_token is None else {"forced_bos_token_id": self.first_token}
        written = generative.write(
            self.model,
            {name: tokens[name] for name in ("input_ids", "attention_mask")},
            max_new_tokens=self.max_tokens,
            num_beams=self.num_beams,
            **options,
        )
        # The decoder's own first token is no answer, and often the one that ends answers as well.
        answers = written[:, 1:]
        # Nor is the language, which M2M100's own tokenizer does not call special by itself.
        said = answers if self.first_token is None else answers[:, 1:]
        decoded = self.tokenizer.batch_decode(said, skip_special_tokens=True)
        are_finished = generative.find_finished(self.model, answers, self.max_tokens)
        return [
            translator.check(
                source, text, finished=finished, max_tokens=self.max_tokens, growth=self.growth
            )
            for source, text, finished in zip(texts, decoded, are_finished, strict=True)
        ]


def load(
    folder: Path, source: Language, target: Language, spec: Translation, *, device: str
) -> SeqToSeq:
    import transformers  # noqa: PLC0415 - costs seconds; who translates nothing does not need it

    tokenizer = tokenizers.load_tokenizer(folder)
    model = generative.load_model(
        transformers.AutoModelForSeq2SeqLM,
        folder,
        device=device,
        dtype=devices.find_usual_format(device),
    )
    family = str(model.config.model_type)
    if hasattr(tokenizer, "src_lang"):
        found = _find_language(tokenizer, source, family, folder)
        if found is not None:
            tokenizer.src_lang = tokenizer.convert_ids_to_tokens(found).strip("_")
    longest = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    return SeqToSeq(
        folder=folder,
        digest=digests.of_folder(folder),
        model=model,
        tokenizer=tokenizer,
        first_token=_find_language(tokenizer, target, family, folder),
        longest=min(int(longest), tokenizer.model_max_length),
        max_tokens=spec.max_tokens,
        num_beams=spec.num_beams,
        growth=spec.max_growth,
    )


def _find_language(tokenizer: Any, language: Language, family: str, folder: Path) -> int | None:
    """The token that stands for it. None where a model needs none."""
    if language.code:
        codes = [language.code]
    elif family in _TOLD_BY_TOKENS:
        codes = list(filter(None, (language.flores, language.tag, *language.others)))
    elif family in _TOLD_BY_OWN_CODES:
        codes = []
    else:
        return None
    special = {*tokenizer.all_special_tokens, *tokenizer.added_tokens_encoder}
    for code in codes:
        # M2M100 writes its codes as __xx__; a bare 'id' is part of a word to it.
        found = tokenizer.convert_tokens_to_ids(f"__{code}__")
        if found is not None and found != tokenizer.unk_token_id:
            return int(found)
        if code in special:
            return int(tokenizer.convert_tokens_to_ids(code))
    tried = ", ".join(shown(code) for code in codes) or "none"
    raise UnfitModel(
        f"'{shown(folder.name)}' knows no language '{shown(language.code or language.tag)}' (codes "
        f"tried: {tried}); say what it calls the language as source_code or target_code."
    )
