"""Language models that are asked to translate, such as Gemma: one text in each conversation, and an
answer that is a translation and nothing else.

The conversation is written by the folder's own chat template. TranslateGemma's takes the languages'
codes and the text by name; every other gets the wording of the specification.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import digests
from ml.datasets.problems import shown
from ml.loading import generative, tokenizers
from ml.loading.problems import UnfitModel
from ml.loading.translators import translator
from ml.loading.translators.languages import Language
from ml.loading.translators.translator import Translated
from specs.filters.translation import Translation

_TAKES_CODES = "source_lang_code"
_PLACES = re.compile(r"\{(source|target|text)\}")
_QUOTES = ('""', "''", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "«»", "「」")
_FENCE = "```"


@dataclass(frozen=True, kw_only=True)
class Prompted:
    folder: Path
    digest: str
    model: Any
    tokenizer: Any
    source: Language
    target: Language
    template: str  # '' where the folder's chat template has the wording
    longest: int  # tokens of the conversation, without the answer
    max_tokens: int
    growth: float

    def describe(self) -> dict[str, Any]:
        family = str(self.model.config.model_type)
        return {"name": self.folder.name, "family": family, "digest": self.digest}

    def translate(self, texts: Sequence[str]) -> list[Translated]:
        refused = [self._refuse(text) for text in texts]
        asked = [text for text, reason in zip(texts, refused, strict=True) if reason is None]
        answers = iter(self._ask(asked))
        return [next(answers) if reason is None else reason for reason in refused]

    def _refuse(self, text: str) -> Translated | None:
        """A caption is data: it does not end its own turn, and is not cut."""
        mark = generative.find_mark(self.tokenizer, text)
        if mark:
            detail = f"The caption holds '{shown(mark)}', a mark of the model's own."
            return Translated("", "holds_mark", detail)
        num_tokens = len(self._encode([text])["input_ids"][0])
        return translator.too_long(num_tokens, self.longest) if num_tokens > self.longest else None

    def _ask(self, texts: Sequence[str]) -> list[Translated]:
        if not texts:
            return []
        inputs = self._encode(texts)
        written = generative.write(self.model, inputs, max_new_tokens=self.max_tokens)
        answers = written[:, inputs["input_ids"].shape[1] :]
        are_finished = generative.find_finished(self.model, answers, self.max_tokens)
        decoded = self.tokenizer.batch_decode(answers, skip_special_tokens=True)
        return [
            self._read(source, answer, finished=finished)
            for source, answer, finished in zip(texts, decoded, are_finished, strict=True)
        ]

    def _read(self, source: str, answer: str, *, finished: bool) -> Translated:
        found = translator.check(
            source, answer, finished=finished, max_tokens=self.max_tokens, growth=self.growth
        )
        if found.problem or not _says_more(source, found.text):
            return found
        detail = f"The model answered '{shown(found.text)}', which is more than a translation."
        return Translated("", "not_only_translation", detail)

    def _encode(self, texts: Sequence[str]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.tokenizer.apply_chat_template(
            [[{"role": "user", "content": self._write(text)}] for text in texts],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            padding=True,
            return_tensors="pt",
        )
        return {name: found[name] for name in ("input_ids", "attention_mask")}

    def _write(self, text: str) -> Any:
        if not self.template:
            codes = {
                _TAKES_CODES: _call(self.source),
                "target_lang_code": _call(self.target),
            }
            return [{"type": "text", "text": text, **codes}]
        words = {"source": self.source.name, "target": self.target.name, "text": text}
        # All at once: what stands in the caption is not filled in.
        return _PLACES.sub(lambda place: words[place[1]], self.template)


def can_load(family: str) -> bool:
    from transformers.models.auto.modeling_auto import (  # noqa: PLC0415 - costs seconds
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    )

    return family in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES


def load(
    folder: Path, source: Language, target: Language, spec: Translation, *, device: str
) -> Prompted:
    import transformers  # noqa: PLC0415 - costs seconds; who translates nothing does not need it

    tokenizer = tokenizers.load_tokenizer(folder)
    generative.prepare_conversations(tokenizer, folder)
    wording = tokenizer.get_chat_template()
    takes_codes = _TAKES_CODES in wording
    for language in (source, target):
        if takes_codes:
            _check_code(language, wording, folder)
        elif not language.name:
            raise UnfitModel(
                f"It is not known how the language '{shown(language.tag)}' is called in English, "
                f"which '{shown(folder.name)}' has to be told; a region's file can say it."
            )
    model = generative.load_model(
        transformers.AutoModelForCausalLM,
        folder,
        device=device,
        dtype="bf16" if device.startswith("cuda") else "fp32",
    )
    most = int(model.config.get_text_config().max_position_embeddings)
    room = most - spec.max_tokens
    if room < 1:
        raise UnfitModel(
            f"'{shown(folder.name)}' takes {most:,} tokens with its answer; a longest caption of "
            f"{spec.max_tokens:,} leaves no room for the question."
        )
    return Prompted(
        folder=folder,
        digest=digests.of_folder(folder),
        model=model,
        tokenizer=tokenizer,
        source=source,
        target=target,
        template="" if takes_codes else spec.template,
        longest=room,
        max_tokens=spec.max_tokens,
        growth=spec.max_growth,
    )


def _call(language: Language) -> str:
    return language.code or language.tag


def _check_code(language: Language, template: str, folder: Path) -> None:
    if not re.search(rf"[\"']{re.escape(_call(language))}[\"']", template):
        raise UnfitModel(
            f"'{shown(folder.name)}' knows no language '{shown(_call(language))}'; say what it "
            "calls the language as source_code or target_code."
        )


def _says_more(source: str, text: str) -> bool:
    """Remarks stand on lines of their own, or around what they are about."""
    if len(text.splitlines()) > len(source.strip().splitlines()):
        return True
    if _FENCE in text and _FENCE not in source:
        return True
    return _is_quoted(text) and not _is_quoted(source.strip())


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] + text[-1] in _QUOTES
