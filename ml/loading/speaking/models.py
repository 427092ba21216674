"""The weights of a vision-language model, in the class of its family."""

from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoConfig, GenerationConfig

from ml.datasets.problems import shown
from ml.devices import Computing
from ml.loading import pretrained
from specs.family import FamilySpec


def read_config(folder: Path) -> Any:
    with pretrained.naming(f"'{shown(folder.name)}'"):
        return AutoConfig.from_pretrained(str(folder), local_files_only=True)


def read(folder: Path, family: FamilySpec, model_type: str, dtype: torch.dtype | None) -> Any:
    """On the processor, in the format that is asked for or, with None, in that of its files."""
    class_name = family.class_names[family.model_types.index(model_type)]
    model_class: Any = getattr(transformers, class_name)
    return pretrained.load(model_class, folder, dtype=dtype or "auto", trust_remote_code=False)


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
