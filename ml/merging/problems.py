"""What keeps two models from being merged, each said in one sentence with the values."""

from collections.abc import Sequence

from ml.datasets.problems import shown


class CannotMerge(ValueError):
    """The two models, or what was asked of them, do not fit."""


class FamiliesDiffer(CannotMerge):
    def __init__(self, what: str, base: tuple[str, str], tuned: tuple[str, str]) -> None:
        """Each model's name and what it says of itself."""
        super().__init__(
            f"The {what} of the base model '{shown(base[0])}' is '{shown(base[1])}' and that of "
            f"the tuned model '{shown(tuned[0])}' is '{shown(tuned[1])}'. There is nothing between "
            "models that compute in different ways, even if their tensors have the same names."
        )


class TensorMissing(CannotMerge):
    def __init__(self, name: str, *, lacks: str, has: str) -> None:
        super().__init__(
            f"The {lacks} model lacks the tensor '{shown(name)}', which the {has} has."
        )


class ShapesDiffer(CannotMerge):
    def __init__(self, name: str, base: Sequence[int], tuned: Sequence[int]) -> None:
        super().__init__(
            f"The tensor '{shown(name)}' has the shape {list(base)} in the base model and "
            f"{list(tuned)} in the tuned one."
        )


class TypesDiffer(CannotMerge):
    def __init__(self, name: str, base: str, tuned: str) -> None:
        super().__init__(
            f"The tensor '{shown(name)}' is {base} in the base model and {tuned} in the tuned one. "
            "Save both in the same number format first."
        )


class ValuesDiffer(CannotMerge):
    def __init__(self, name: str, dtype: str) -> None:
        super().__init__(
            f"The tensor '{shown(name)}' ({dtype}) holds no fractions, so it cannot be mixed, and "
            "it differs between the two models. Only beta 0 and beta 1 can be made of them."
        )


class NotFinite(CannotMerge):
    def __init__(self, name: str, model: str) -> None:
        super().__init__(
            f"The tensor '{shown(name)}' of the {model} model holds values that are not finite "
            "(NaN or infinite): that model is broken."
        )


class TooLarge(CannotMerge):
    def __init__(self, name: str, dtype: str, weight: float) -> None:
        super().__init__(
            f"With {weight:g}, values of the tensor '{shown(name)}' become larger than {dtype} can "
            "hold."
        )


class ModelChanged(CannotMerge):
    def __init__(self, path: object) -> None:
        super().__init__(f"'{shown(path)}' was changed while it was being read. Merge again.")
