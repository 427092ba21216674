"""Captions in another language. What they were, the model and the pair stand in each row."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from ml.loading import translators
from ml.loading.translators import Languages, SeqToSeq
from specs.filters.translation import Translation

COLUMNS = tuple(
    pa.field(name, pa.string())
    for name in ("caption_original", "translation_model", "translation_pair")
)
_ROWS_AT_ONCE = 8  # between two questions whether to stop


def build(spec: Translation, tools: Tools, saved: Any) -> Stage:  # noqa: ARG001 - the form of every stage
    translator = translators.open_translator(
        tools.given["translator"],
        Languages(source=spec.source_code, target=spec.target_code),
        device=tools.spec.device,
        max_tokens=spec.max_tokens,
        num_beams=spec.num_beams,
    )
    judge = _Judge(spec, tools, translator)
    return Stage(judge=judge.judge, columns=COLUMNS, models=(translator.describe(),))


class _Judge:
    def __init__(self, spec: Translation, tools: Tools, translator: SeqToSeq) -> None:
        self.spec = spec
        self.tools = tools
        self.translator = translator
        facts = translator.describe()
        self.model = f"{facts['name']} sha256:{facts['digest'][:16]}"

    def judge(self, rows: Sequence[Row]) -> list[Reason | None]:
        wanted = [row for row in rows if self._is_wanted(row)]
        reasons: dict[int, Reason | None] = {}
        for start in range(0, len(wanted), _ROWS_AT_ONCE):
            self.tools.progress.check()
            few = wanted[start : start + _ROWS_AT_ONCE]
            texts = self.translator.translate([row.caption for row in few])
            for row, text in zip(few, texts, strict=True):
                reasons[row.position] = self._take(row, text)
        return [reasons.get(row.position) for row in rows]

    def _is_wanted(self, row: Row) -> bool:
        if not row.language:
            return self.spec.with_unknown
        return row.language.replace("_", "-").partition("-")[0].lower() == self.spec.source

    def _take(self, row: Row, text: str) -> Reason | None:
        num_tokens = self.translator.count_tokens(row.caption)
        if num_tokens > self.translator.longest:
            return Reason(
                "too_long",
                f"The caption has {num_tokens:,} tokens; the model takes "
                f"{self.translator.longest:,}.",
            )
        if not text:
            return Reason("not_translated", "The translation model gave an empty text.")
        row.extra |= {
            "caption_original": row.caption,
            "translation_model": self.model,
            "translation_pair": f"{self.spec.source}-{self.spec.target}",
        }
        row.caption, row.language = text, self.spec.target
        return None
