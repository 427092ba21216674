"""A model's own tokenizer, from its folder."""

from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.loading import weights
from ml.loading.problems import UnfitModel

_FILES = (
    "tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "source.spm", "tokenizer.model",
    "sentencepiece.bpe.model",
)  # fmt: skip


def load_tokenizer(folder: Path) -> Any:
    """Without files of its own a folder would get an empty tokenizer of its family, silently."""
    import transformers  # noqa: PLC0415 - costs seconds; only those who read texts need it
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415 - comes with it

    if not any((folder / name).is_file() for name in _FILES):
        raise UnfitModel(f"'{shown(folder.name)}' has no tokenizer: none of {', '.join(_FILES)}.")
    chosen: Any = transformers.AutoTokenizer
    if (folder / "tokenizer.json").is_file() and _is_all_in_its_file(folder):
        chosen = transformers.PreTrainedTokenizerFast
    try:
        return chosen.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, ImportError, StrictDataclassError) as error:
        raise UnfitModel(
            f"'{shown(folder.name)}' has no tokenizer that can be read: {shown(error)}"
        ) from error


def _is_all_in_its_file(folder: Path) -> bool:
    """Of SigLIP2 the automatic choice takes the family's own class, whatever the folder says, and
    that reads other pieces out of the same file: of words, single letters. "TokenizersBackend" is
    what transformers writes where a tokenizer is its file and nothing else. SigLIP's own class
    reads its pieces and nothing else, and not every folder has them.
    """
    named = _read(folder, "tokenizer_config.json").get("tokenizer_class")
    family = _read(folder, "config.json").get("model_type")
    if family == "siglip2":
        return bool(named == "TokenizersBackend")
    is_siglips = named == "SiglipTokenizer" or (family == "siglip" and named is None)
    return is_siglips and not (folder / "spiece.model").is_file()


def _read(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return weights.read_json(path) if path.is_file() else {}
