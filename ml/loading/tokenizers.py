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
    if _is_siglip2_with_another_tokenizer(folder):
        chosen = transformers.PreTrainedTokenizerFast
    try:
        return chosen.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, ImportError, StrictDataclassError) as error:
        raise UnfitModel(
            f"'{shown(folder.name)}' has no tokenizer that can be read: {shown(error)}"
        ) from error


def _is_siglip2_with_another_tokenizer(folder: Path) -> bool:
    """Of SigLIP2 the automatic choice takes the family's own class, whatever the folder says, and
    that reads other pieces out of the same file: of words, single letters. "TokenizersBackend" is
    what transformers writes where a tokenizer is its file and nothing else.
    """
    paths = [folder / name for name in ("config.json", "tokenizer.json", "tokenizer_config.json")]
    if not all(path.is_file() for path in paths):
        return False
    config, facts = (weights.read_json(path) for path in (paths[0], paths[2]))
    is_its_file = facts.get("tokenizer_class") == "TokenizersBackend"
    return is_its_file and config.get("model_type") == "siglip2"
