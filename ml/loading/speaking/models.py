"""The weights of a vision-language model, in the class of its family.

They come from safetensors only, code that a folder brings is never run, and a folder that lacks
part of the model is refused: what is missing would be made up of random numbers.
"""

from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import GenerationConfig

from ml.datasets.problems import shown
from ml.loading import tensors
from ml.loading.pipelines import Computing
from ml.loading.problems import UnfitModel
from ml.loading.quiet import without_progress_bars
from specs.family import FamilySpec


def read(folder: Path, family: FamilySpec, model_type: str, dtype: torch.dtype | None) -> Any:
    """On the processor, in the format that is asked for or, with None, in that of its files."""
    class_name = family.class_names[family.model_types.index(model_type)]
    model_class: Any = getattr(transformers, class_name)
    try:
        with without_progress_bars():
            model, report = model_class.from_pretrained(
                str(folder),
                dtype=dtype or "auto",
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except (OSError, ValueError, RuntimeError, LookupError, TypeError) as error:
        reason = shown(str(error).strip().partition("\n")[0]).rstrip(".")
        raise UnfitModel(f"'{shown(folder.name)}' cannot be loaded: {reason}.") from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise UnfitModel(
            f"'{shown(folder.name)}' is no whole {class_name}: it lacks {len(missing)} of its "
            f"tensors, the first is '{shown(missing[0])}'."
        )
    tensors.check_finite(model.named_parameters(), f"'{shown(folder.name)}'")
    return model


def settle(model: Any, computing: Computing) -> Any:
    """Where it computes, and without habits: a folder may ask for a temperature or a penalty of its
    own, and what was not asked for here would then decide answers. Kept is which tokens begin, end
    and fill up.
    """
    own = model.generation_config
    ends = own.eos_token_id if own.eos_token_id is not None else model.config.eos_token_id
    make: Any = GenerationConfig
    model.generation_config = make(
        bos_token_id=own.bos_token_id, eos_token_id=ends, pad_token_id=own.pad_token_id
    )
    return model.to(computing.device).eval()
