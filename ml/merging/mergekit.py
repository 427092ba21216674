"""Configurations of mergekit: those that say what can be said here are read, and written.

Shares are told apart by number: what is read says which beta it was understood as. Of several
tuned models, of layers put together anew and of methods with no counterpart nothing is guessed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ml.datasets.problems import shown
from ml.loading import weights
from specs import yaml_text
from specs.merging.per_block import SHORT_NAMES, PerBlock
from specs.merging.registry import MergeMethod
from specs.yaml_text import NotYaml

_METHODS = {"linear": "linear", "task_arithmetic": "task-arithmetic"}
_KNOWN = frozenset({
    "merge_method", "models", "base_model", "parameters", "dtype", "out_dtype", "tokenizer_source",
    "tokenizer", "chat_template",
})  # fmt: skip
_DTYPES = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}
_EVERYTHING = "*"


class UnfitRecipe(ValueError):
    """A configuration that says something else than can be done here, or nothing."""


@dataclass(frozen=True)
class Recipe:
    base: str
    tuned: str
    method: str
    beta: float
    blocks: tuple[str, ...]
    dtype: str | None  # in which the result is asked for

    def echo(self) -> str:
        """The direction it was understood in, for whoever wrote it."""
        also = f", and {', '.join(self.blocks)}" if self.blocks else ""
        asked = f" The number format stays that of the models ('{self.dtype}' was asked for)."
        return (
            f"Understood as {self.method} with beta {self.beta:g}{also}: beta is the share of "
            f"'{self.tuned}' in '{self.base}'.{asked if self.dtype else ''}"
        )


def read(path: Path) -> Recipe:
    try:
        found = yaml_text.read(path.read_text("utf-8"))
    except (UnicodeDecodeError, NotYaml) as error:
        raise UnfitRecipe(f"'{path.name}' is not YAML: {error}.") from error
    if not isinstance(found, dict) or "merge_method" not in found:
        raise UnfitRecipe(f"'{path.name}' is no configuration of mergekit: it has no merge_method.")
    unknown = sorted(str(name) for name in found if name not in _KNOWN)
    if unknown:
        raise UnfitRecipe(f"'{path.name}' uses '{shown(unknown[0])}', which is not done here.")
    name = found["merge_method"]
    if not isinstance(name, str) or name not in _METHODS:
        raise UnfitRecipe(
            f"'{path.name}' asks for '{shown(name)}'; read are: {', '.join(_METHODS)}."
        )
    return _understand(found, _METHODS[name])


def _understand(config: Mapping[str, Any], method: str) -> Recipe:
    everywhere = _read_parameters(config)
    listed = config.get("models") or []
    if not isinstance(listed, list):
        raise UnfitRecipe(f"'models' is a list of models, not '{shown(listed)}'.")
    models = [_read_model(each) for each in listed]
    base = config.get("base_model") or (models[0][0] if models else None)
    tuned = [each for each in models if each[0] != base]
    if base is None or len(tuned) != 1:
        raise UnfitRecipe(
            f"A merge has one base model and one tuned model; this names {len(tuned)} besides "
            f"the base '{shown(base)}'."
        )
    own = next((each[1] for each in models if each[0] == base), {})
    shares = _list_shares(method, everywhere, own, tuned[0][1])
    *filters, (last, beta) = shares
    if last != _EVERYTHING:
        raise UnfitRecipe("Not every tensor has a weight: the last one must have no filter.")
    if filters and method != "linear":
        raise UnfitRecipe("Filters are read for 'linear' only.")
    blocks = tuple(f"*{pattern}*={share:g}" for pattern, share in filters)
    dtype = config.get("out_dtype") or config.get("dtype")
    return Recipe(
        str(base), tuned[0][0], "per-block" if blocks else method, beta, blocks,
        None if dtype is None else str(dtype),
    )  # fmt: skip


def _read_model(entry: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("model"), str):
        raise UnfitRecipe("Each of 'models' needs a 'model' that is a path or a name.")
    return entry["model"], _read_parameters(entry)


def _read_parameters(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("parameters") or {}
    if not isinstance(found, dict):
        raise UnfitRecipe(f"'parameters' has names and values, and is not '{shown(found)}'.")
    known = ("weight", "normalize", "lambda", "int8_mask")
    unknown = sorted(str(name) for name in found if name not in known)
    if unknown:
        raise UnfitRecipe(f"The parameter '{shown(unknown[0])}' is not known here.")
    return dict(found)


def _list_shares(
    method: str, everywhere: Mapping[str, Any], base: Mapping[str, Any], tuned: Mapping[str, Any]
) -> list[tuple[str, float]]:
    """For each filter, the first that fits counting, the share of the tuned model."""
    theirs = _read_weights(tuned.get("weight", everywhere.get("weight")))
    patterns = [pattern for pattern, _ in theirs]
    if method == "task-arithmetic":
        factor = _read_number(everywhere.get("lambda", 1.0))
        normalised = bool(everywhere.get("normalize", False))
        return [(pattern, factor * (1.0 if normalised else weight)) for pattern, weight in theirs]
    ours = _read_weights(base.get("weight", everywhere.get("weight")))
    patterns += [pattern for pattern, _ in ours if pattern not in patterns]
    if len(theirs) > 1 and len(ours) > 1 and patterns != [pattern for pattern, _ in theirs]:
        raise UnfitRecipe("Filters must be the same, and in the same order, for both models.")
    patterns.sort(key=lambda pattern: pattern == _EVERYTHING)
    return [
        (pattern, _share(_pick(ours, pattern), _pick(theirs, pattern), everywhere))
        for pattern in patterns
    ]


def _share(base: float, tuned: float, everywhere: Mapping[str, Any]) -> float:
    whole = base + tuned
    if everywhere.get("normalize", True):
        if whole == 0:
            raise UnfitRecipe("The weights of both models add up to 0.")
        return tuned / whole
    if abs(whole - 1) > 1e-9:  # noqa: PLR2004 - what decimal fractions leave over
        raise UnfitRecipe(
            f"The weights add up to {whole:g}, and 'normalize' is off: that is no mixture."
        )
    return tuned


def _pick(weights: Sequence[tuple[str, float]], pattern: str) -> float:
    return next(weight for name, weight in weights if name in (pattern, _EVERYTHING))


def _read_weights(value: Any) -> list[tuple[str, float]]:
    if not isinstance(value, list):
        return [(_EVERYTHING, _read_number(value))]
    found: list[tuple[str, float]] = []
    for each in value:
        if not isinstance(each, dict):
            raise UnfitRecipe("A weight that changes from layer to layer is not read.")
        pattern = each.get("filter") or _EVERYTHING
        found.append((str(pattern), _read_number(each.get("value"))))
    if not any(pattern == _EVERYTHING for pattern, _ in found):
        raise UnfitRecipe("Not every tensor has a weight: the last one must have no filter.")
    return found


def _read_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnfitRecipe(f"'{shown(value)}' is no weight.")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise UnfitRecipe(f"'{shown(value)}' is no weight.") from error
    if not math.isfinite(number):
        raise UnfitRecipe(f"'{shown(value)}' is no weight.")
    return number


def write(method: MergeMethod, beta: float, base: str, tuned: str, dtypes: Sequence[str]) -> str:
    """The same merge in mergekit's words. Refuses what it has no words for."""
    number_formats = [_DTYPES[each] for each in dtypes if each in _DTYPES]
    if len(number_formats) != 1:
        raise UnfitRecipe(
            "mergekit writes one number format; the tensors of these models have "
            f"{', '.join(number_formats) or 'none'}."
        )
    config: dict[str, Any] = {"merge_method": method.method.replace("-", "_")}
    if method.method == "task-arithmetic":
        entry = {"model": tuned, "parameters": {"weight": beta}}
        config |= {"base_model": base, "models": [entry], "parameters": {"normalize": False}}
    elif method.method in ("linear", "per-block"):
        shares = _list_filters(method, beta)
        config["merge_method"] = "linear"
        config["models"] = [
            {"model": model, "parameters": {"weight": _as_setting(shares, of_base=of_base)}}
            for model, of_base in ((base, True), (tuned, False))
        ]
        config["parameters"] = {"normalize": False}
    else:
        raise UnfitRecipe(f"mergekit has no words for the method '{method.method}'.")
    config["dtype"] = number_formats[0]
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def check_whole(model: Path) -> None:
    """It would mix what lies in the files, without an adapter that is part of the model."""
    from ml.loading.mixtures import own  # noqa: PLC0415 - loads torch, which costs seconds

    adapter = own.find_adapter(weights.find_layout(model))
    if adapter is not None:
        raise UnfitRecipe(
            f"mergekit has no words for '{adapter.root.name}', an adapter that is part of the "
            f"weights of '{shown(model.name)}'."
        )


def _list_filters(method: MergeMethod, beta: float) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if isinstance(method, PerBlock):
        for pattern, share in method.blocks.items():
            text = SHORT_NAMES.get(pattern, pattern).strip("*")
            if any(letter in text for letter in "*?["):
                raise UnfitRecipe(f"mergekit has no words for the pattern '{shown(pattern)}'.")
            found.append((text, share))
    return [*found, (_EVERYTHING, beta)]


def _as_setting(shares: Sequence[tuple[str, float]], *, of_base: bool) -> Any:
    settings = [
        {"filter": pattern, "value": 1 - share if of_base else share} for pattern, share in shares
    ]
    return settings[0]["value"] if len(settings) == 1 else settings
