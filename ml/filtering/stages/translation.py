"""Captions in another language. What they were, the model and the pair stand in each row."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ml.datasets.languages import is_of
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from ml.loading.translators import languages, registry
from ml.loading.translators.registry import Pair
from ml.loading.translators.translator import Translated, Translator
from specs.filters.translation import Translation

COLUMNS = tuple(
    pa.field(name, pa.string())
    for name in ("caption_original", "translation_model", "translation_pair")
)


def build(spec: Translation, tools: Tools, saved: Any) -> Stage:
    pair = Pair(
        source=languages.find(spec.source, code=spec.source_code, region=tools.region),
        target=languages.find(spec.target, code=spec.target_code, region=tools.region),
    )
    translator = registry.open_translator(
        tools.given["translator"], pair, spec, device=tools.spec.device
    )
    judge = _Judge(spec, tools, translator, saved or {})
    return Stage(
        judge=judge.judge,
        columns=COLUMNS,
        mark=judge.mark,
        report=lambda: {"translation": judge.mark()},
        notes=judge.list_notes,
        models=(translator.describe(),),
    )


class _Judge:
    def __init__(
        self, spec: Translation, tools: Tools, translator: Translator, saved: dict[str, int]
    ) -> None:
        self.spec = spec
        self.tools = tools
        self.translator = translator
        facts = translator.describe()
        self.model = f"{facts['name']} sha256:{facts['digest'][:16]}"
        self.num_translated = saved.get("num_translated", 0)
        self.num_unchanged = saved.get("num_unchanged", 0)

    def judge(self, rows: Sequence[Row]) -> list[Reason | None]:
        wanted = [row for row in rows if self._is_wanted(row)]
        reasons: dict[int, Reason | None] = {}
        for few in self.tools.split(wanted):
            found = self.translator.translate([row.caption for row in few])
            for row, translated in zip(few, found, strict=True):
                reasons[row.position] = self._take(row, translated)
        return [reasons.get(row.position) for row in rows]

    def _is_wanted(self, row: Row) -> bool:
        if not row.language:
            return self.spec.with_unknown
        return is_of(row.language, self.spec.source)

    def _take(self, row: Row, found: Translated) -> Reason | None:
        if found.problem:
            return Reason(found.problem, found.detail)
        row.extra |= {
            "caption_original": row.caption,
            "translation_model": self.model,
            "translation_pair": f"{self.spec.source}-{self.spec.target}",
        }
        self.num_translated += 1
        # A name is the same in both languages, a sentence is not: people are told how many.
        self.num_unchanged += found.text == row.caption.strip()
        row.caption, row.language = found.text, self.spec.target
        return None

    def mark(self) -> dict[str, int]:
        return {"num_translated": self.num_translated, "num_unchanged": self.num_unchanged}

    def list_notes(self) -> list[str]:
        if not self.num_unchanged:
            return []
        sentence = (
            f"{self.num_unchanged:,} of {self.num_translated:,} translations are the caption as it "
            "was."
        )
        return [sentence]
