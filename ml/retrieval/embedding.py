"""Vectors of many texts, in parts that survive an interruption.

A part is kept under a name that stands for its texts and for the encoder, so only what was computed
from the same is taken up again. Texts that are equal are computed once; texts of about the same
length are neighbours, for a batch is as long as its longest.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml import files
from ml.loading.sentences import TextEncoder
from ml.progress import Progress, word
from ml.retrieval.folders import Vectors

_BATCHES_IN_PART = 8


def embed(
    encoder: TextEncoder, texts: Sequence[str], state_dir: Path, progress: Progress
) -> Vectors:
    """A row per text, in their order."""
    kept = state_dir / "embedded"
    kept.mkdir(parents=True, exist_ok=True)
    different = sorted(set(texts), key=lambda text: (len(text), text))
    parts: list[Vectors] = []
    done = 0
    for part in _split(different, encoder.batch_size * _BATCHES_IN_PART):
        progress.check()
        progress.update(done, len(different), unit=word("texts"), message=word("Embedding"))
        parts.append(_embed_part(encoder, part, kept))
        done += len(part)
    progress.update(done, len(different), unit=word("texts"), message=word("Embedding"))
    rows = {text: row for row, text in enumerate(different)}
    return np.concatenate(parts)[[rows[text] for text in texts]]


def _split(texts: Sequence[str], size: int) -> list[list[str]]:
    return [list(texts[start : start + size]) for start in range(0, len(texts), size)]


def _embed_part(encoder: TextEncoder, texts: list[str], kept: Path) -> Vectors:
    path = kept / f"{_name(encoder, texts)}.npy"
    if path.is_file():
        found: Vectors = np.load(path, allow_pickle=False)
        return found
    vectors = encoder.embed_texts(texts)
    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    files.write_bytes(path, buffer.getvalue())
    return vectors


def _name(encoder: TextEncoder, texts: Sequence[str]) -> str:
    whole = hashlib.sha256(f"{encoder.digest}\n{encoder.batch_size}\n".encode())
    for text in texts:
        whole.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return whole.hexdigest()
