"""Similarity of the picture to reference pictures, or to the names of the region's things."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ml.datasets import pictures
from ml.datasets.pictures import LIMITS
from ml.datasets.problems import Problem, UnfitItem, shown
from ml.filtering import reading
from ml.filtering.gazetteer import collect_entries
from ml.filtering.problems import UnfitFilter
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from ml.loading.encoders import Vectors
from specs.filters.similarity import VisualSimilarity
from specs.region import Region

COLUMN, LOOK = "similarity", "encoder"
_ROWS_AT_ONCE = 64


def build(spec: VisualSimilarity, tools: Tools, saved: Any) -> Stage:  # noqa: ARG001 - the form of every stage
    known = _Known(tools, spec)
    references = known.find()
    # The mean of cosines is the cosine to the mean vector, before it is normalised.
    against = references.mean(axis=0, keepdims=True) if spec.pooling == "mean" else references
    judge = _Judge(spec, tools, against)
    facts = {
        "references": len(references),
        "against": spec.against,
        "pooling": spec.pooling,
        "num_cut": known.count_cut(),
    }
    return Stage(
        judge=judge.judge,
        columns=(pa.field(COLUMN, pa.float32()),),
        looks={LOOK: tools.encoder.prepare},
        side=tools.encoder.side,
        report=lambda: {"similarity": facts},
        notes=lambda: _list_notes(facts),
        models=(tools.encoder.describe(),),
    )


def _list_notes(facts: Mapping[str, Any]) -> list[str]:
    if not facts["num_cut"]:
        return []
    sentence = (
        f"{facts['num_cut']:,} of {facts['references']:,} concept texts are longer than the "
        "encoder reads; pictures were compared without their ends."
    )
    return [sentence]


class _Judge:
    def __init__(self, spec: VisualSimilarity, tools: Tools, against: NDArray[np.float32]) -> None:
        self.spec = spec
        self.tools = tools
        self.against = against

    def judge(self, rows: Sequence[Row]) -> list[Reason | None]:
        if not rows:
            return []
        vectors = self.tools.embed(rows, self.tools.encoder, LOOK)
        scores = (vectors @ self.against.T).max(axis=1)
        return [self._judge_row(row, float(score)) for row, score in zip(rows, scores, strict=True)]

    def _judge_row(self, row: Row, score: float) -> Reason | None:
        row.extra[COLUMN] = score
        if score >= self.spec.threshold:
            return None
        return Reason(
            "not_similar",
            f"The {self.spec.pooling} cosine to the {self.spec.against} is {score:.3f}; at least "
            f"{self.spec.threshold:g} is kept.",
        )


class _Known:
    """The references' vectors: computed once, kept beside what else is saved."""

    def __init__(self, tools: Tools, spec: VisualSimilarity) -> None:
        self.tools = tools
        self.spec = spec

    def find(self) -> Vectors:
        path = self.tools.state_dir / "references.npy"
        mark = path.with_suffix(".json")
        wanted = json.dumps(
            [self.tools.encoder.digest, self.spec.model_dump_json(), self._name_source()]
        )
        if mark.is_file() and mark.read_text("utf-8") == wanted:
            return np.asarray(np.load(path))
        vectors = self._embed_pictures() if self.spec.against == "pictures" else self._embed_texts()
        np.save(path, vectors)
        mark.write_text(wanted, "utf-8")
        return vectors

    def count_cut(self) -> int:
        """Texts whose ends the encoder does not see."""
        return self.tools.encoder.count_cut(self._list_texts())

    def _list_texts(self) -> list[str]:
        if self.spec.against == "pictures":
            return []
        return list_texts(self.spec, self.tools.need_region(self.spec.method))

    def _name_source(self) -> str:
        if self.spec.against == "concepts":
            region = self.tools.need_region(self.spec.method)
            return region.model_dump_json()
        return reading.open_reading(self._folder(), self.tools.spec).mark

    def _folder(self) -> Path:
        return self.tools.given["references"]

    def _embed_pictures(self) -> Vectors:
        """A reference that cannot be read is an error: the score would be another one."""
        source = reading.open_reading(self._folder(), self.tools.spec)
        encoder, parts, pixels = self.tools.encoder, [], []
        for row in reading.iterate(source, start=0):
            self.tools.progress.check()
            if isinstance(row, Problem):
                raise UnfitFilter(f"Of the reference pictures, {row.reference}: {row.message}")
            try:
                data = reading.load_picture(source.root, row, LIMITS)
                opened = pictures.open_small(data, LIMITS, side=encoder.side)
            except UnfitItem as unfit:
                raise UnfitFilter(
                    f"Of the reference pictures, '{shown(row.raw.key)}' cannot be used: {unfit}"
                ) from unfit
            pixels.append(encoder.prepare(opened.small))
            if len(pixels) == _ROWS_AT_ONCE:
                parts.append(encoder.embed_pixels(pixels))
                pixels = []
        if pixels:
            parts.append(encoder.embed_pixels(pixels))
        if not parts:
            raise UnfitFilter(f"'{shown(self._folder().name)}' holds no reference pictures.")
        return np.concatenate(parts)

    def _embed_texts(self) -> Vectors:
        texts = self._list_texts()
        parts = []
        for start in range(0, len(texts), _ROWS_AT_ONCE):
            self.tools.progress.check()
            parts.append(self.tools.encoder.embed_texts(texts[start : start + _ROWS_AT_ONCE]))
        return np.concatenate(parts)


def list_texts(spec: VisualSimilarity, region: Region) -> list[str]:
    """Each spelling of each term, which belongs to no language, and the names of countries and
    strata in the languages asked for, or in all; each in its templates.
    """
    own = {language.tag: language.templates for language in region.languages}
    terms = [(found.term, spec.templates) for found in collect_entries(region) if found.stratum]
    names = [(name, own.get(tag) or spec.templates) for tag, name in _list_names(spec, region)]
    texts = list(
        dict.fromkeys(
            template.replace("{}", name)
            for name, templates in [*terms, *names]
            for template in templates
        )
    )
    if len(texts) > spec.max_concepts:
        raise UnfitFilter(
            f"The region '{region.key}' gives {len(texts):,} concept texts; max_concepts allows "
            f"{spec.max_concepts:,}."
        )
    return texts


def _list_names(spec: VisualSimilarity, region: Region) -> Iterator[tuple[str, str]]:
    """Language and name."""
    names = [
        (tag, name)
        for each in (*region.countries, *region.strata)
        for tag, name in each.names.items()
    ]
    known = dict.fromkeys(tag for tag, _ in names)
    unknown = next((tag for tag in spec.languages if tag not in known), None)
    if unknown is not None:
        raise UnfitFilter(
            f"The region '{region.key}' names no country and no stratum in the language "
            f"'{shown(unknown)}'; it does in: {', '.join(known)}."
        )
    return ((tag, name) for tag, name in names if not spec.languages or tag in spec.languages)
