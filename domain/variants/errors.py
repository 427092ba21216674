import uuid

from domain.errors import Conflict, Invalid, NotFound


class VariantNotFound(NotFound):
    def __init__(self, variant_id: uuid.UUID) -> None:
        super().__init__("There is no variant %(variant_id)s.", variant_id=variant_id)


class VariantNameUnknown(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__("There is no variant '%(name)s'.", field="arms", name=name)


class DifferentFamilies(Invalid):
    def __init__(self, base: str, base_family: str, tuned: str, tuned_family: str) -> None:
        super().__init__(
            "'%(tuned)s' is of the family %(tuned_family)s and '%(base)s' of the family "
            "%(base_family)s; only models of one family can be merged.",
            field="tuned",
            base=base,
            base_family=base_family,
            tuned=tuned,
            tuned_family=tuned_family,
        )


class MergedWithItself(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__(
            "'%(name)s' would be merged with itself. Choose another base or tuned model.",
            field="tuned",
            name=name,
        )


class MadeElsewhere(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "'%(name)s' was made elsewhere: its outputs are here, its weights are not. Choose a "
            "model whose files are here.",
            name=name,
        )


class HelpedByRetrieval(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "'%(name)s' is another model that was given passages from a knowledge base; it has no "
            "weights of its own. Choose its base.",
            name=name,
        )


class WithoutFiles(Conflict):
    """Drawn with in a sweep, never written."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "The merge '%(name)s' has no files: a sweep made it in memory. "
            "Merge it to files first.",
            name=name,
        )
