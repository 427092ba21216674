"""A model's own tokenizer, from its folder."""

from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.loading import weights
from ml.loading.problems import UnfitModel
from specs.embeddings.encoders import FAMILIES

_FILES = (
    "tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "source.spm", "tokenizer.model",
    "sentencepiece.bpe.model",
)  # fmt: skip
_FAST = "tokenizer.json"
# What transformers writes where a tokenizer is its file and nothing else: before version 5, since.
_ITS_FILE = ("PreTrainedTokenizerFast", "TokenizersBackend")
# Of small letters, as classes of encoders may do away with case where their files do not.
_SAID = "a small red house by the river"


def load_tokenizer(folder: Path) -> Any:
    """Without files of its own a folder would get an empty tokenizer of its family, silently."""
    if not any((folder / name).is_file() for name in _FILES):
        raise UnfitModel(f"'{shown(folder.name)}' has no tokenizer: none of {', '.join(_FILES)}.")
    family = _read(folder, "config.json").get("model_type")
    named = _read(folder, "tokenizer_config.json").get("tokenizer_class")
    has_file = (folder / _FAST).is_file()
    is_file = has_file and _is_all_in_its_file(folder, family, named)
    found = _open(folder, is_file=is_file)
    if has_file and not is_file and family in FAMILIES and _reads_otherwise(found, folder):
        if named is not None:
            raise UnfitModel(
                f"'{shown(folder.name)}' has a {_FAST} that {type(found).__name__} does not read "
                f"as it is written. If the file is right, its tokenizer_config.json should say "
                f'"tokenizer_class": "{_ITS_FILE[0]}".'
            )
        return _open(folder, is_file=True)
    return found


def _is_all_in_its_file(folder: Path, family: object, named: object) -> bool:
    """Of SigLIP2 the automatic choice takes the family's own class, whatever the folder says. That
    of SigLIP reads its pieces and nothing else, and not every folder has them.
    """
    if family == "siglip2":
        return named in _ITS_FILE
    is_siglips = named == "SiglipTokenizer" or (family == "siglip" and named is None)
    return is_siglips and not (folder / "spiece.model").is_file()


def _open(folder: Path, *, is_file: bool) -> Any:
    import transformers  # noqa: PLC0415 - costs seconds; only those who read texts need it
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415 - comes with it

    chosen: Any = transformers.AutoTokenizer
    if is_file:
        chosen = transformers.PreTrainedTokenizerFast
    try:
        return chosen.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, ImportError, StrictDataclassError) as error:
        raise UnfitModel(
            f"'{shown(folder.name)}' has no tokenizer that can be read: {shown(error)}"
        ) from error


def _reads_otherwise(found: Any, folder: Path) -> bool:
    """Classes take the words of the file and cut texts in their own way: of a file of whole words
    that leaves single letters, or nothing known.
    """
    import tokenizers  # noqa: PLC0415 - comes with transformers

    if not found.is_fast:  # it has files of its own
        return False
    written = tokenizers.Tokenizer.from_file(str(folder / _FAST))
    numbers = written.encode(_SAID, add_special_tokens=False).ids
    return bool(found(_SAID, add_special_tokens=False)["input_ids"] != numbers)


def _read(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return weights.read_json(path) if path.is_file() else {}
