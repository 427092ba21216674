"""Opens whatever translator a folder holds: one with encoder and decoder, or a language model that
is asked to translate.
"""

from dataclasses import dataclass
from pathlib import Path

from ml.datasets.problems import shown
from ml.loading import weights
from ml.loading.problems import UnfitModel
from ml.loading.translators import prompted, seq_to_seq
from ml.loading.translators.languages import Language
from ml.loading.translators.translator import Translator
from specs.filters.translation import Translation


@dataclass(frozen=True, kw_only=True)
class Pair:
    source: Language
    target: Language


def open_translator(folder: Path, pair: Pair, spec: Translation, *, device: str) -> Translator:
    layout = weights.check(folder)
    config = weights.read_json(folder / "config.json") if layout.kind == "transformers" else {}
    if config.get("is_encoder_decoder"):
        return seq_to_seq.load(folder, pair.source, pair.target, spec, device=device)
    if prompted.can_load(layout.family):
        return prompted.load(folder, pair.source, pair.target, spec, device=device)
    raise UnfitModel(
        f"'{shown(folder.name)}' is of the family '{shown(layout.family)}'; a translation model "
        "with encoder and decoder, or a language model that can be asked, is expected."
    )
