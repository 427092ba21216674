"""What the tensors in a checkpoint's files are called in the class that loads them.

Files keep the names of the day they were written; transformers renames while it loads, by rules of
each class. The same rules are asked here, of a model that has no weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml.datasets.problems import shown
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml.loading.weights import Layout


def find(layout: Layout, stored: Iterable[str]) -> dict[str, str]:
    """By the name in the files, the name in the class. Weights that are tied have one name, that of
    the first: they are one tensor.
    """
    from transformers.conversion_mapping import (  # noqa: PLC0415 - loads torch, which costs seconds
        get_model_conversion_mapping,
    )
    from transformers.core_model_loading import (  # noqa: PLC0415 - the same
        WeightConverter,
        WeightRenaming,
        rename_source_key,
    )

    model = _make_empty(layout)
    rules = get_model_conversion_mapping(model)
    renamings = [rule for rule in rules if isinstance(rule, WeightRenaming)]
    converters = [rule for rule in rules if isinstance(rule, WeightConverter)]
    known, firsts = model.state_dict(), _find_firsts(model)
    found = {}
    for name in stored:
        renamed, converter = rename_source_key(
            name, renamings, converters, model.base_model_prefix, known
        )
        if converter is not None:
            raise UnfitModel(
                f"The tensor '{shown(name)}' of '{shown(layout.root.name)}' is put together with "
                "others when it is loaded, so there is no one weight that is written back to it. "
                "Load and save the model with transformers once."
            )
        found[name] = firsts.get(renamed, renamed)
    return found


def _make_empty(layout: Layout) -> Any:
    import torch  # noqa: PLC0415 - costs seconds
    import transformers  # noqa: PLC0415 - the same

    model_class: Any = getattr(transformers, layout.class_name, None)
    if layout.kind != "transformers" or model_class is None:
        raise UnfitModel(
            f"'{shown(layout.root.name)}' names the class '{shown(layout.class_name)}', which "
            "transformers does not have."
        )
    config = transformers.AutoConfig.from_pretrained(str(layout.root), local_files_only=True)
    with torch.device("meta"):
        model = model_class(config)
    model.tie_weights()
    return model


def _find_firsts(model: Any) -> dict[str, str]:
    """Of names that stand for one parameter: by each, the first."""
    by_parameter: dict[int, str] = {}
    found = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        found[name] = by_parameter.setdefault(id(parameter), name)
    return found
