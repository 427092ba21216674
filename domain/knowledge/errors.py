import uuid

from domain.errors import Conflict, Invalid, NotFound, Unavailable, Word


class KnowledgeBaseNotFound(NotFound):
    def __init__(self, base_id: uuid.UUID) -> None:
        super().__init__("There is no knowledge base %(id)s.", id=base_id)


class PassageNotFound(NotFound):
    def __init__(self, passage_id: uuid.UUID) -> None:
        super().__init__("There is no passage %(id)s in this knowledge base.", id=passage_id)


class NoPassagePicture(NotFound):
    def __init__(self, passage_id: uuid.UUID) -> None:
        super().__init__("Passage %(id)s has no picture.", id=passage_id)


class PassageNotCurrent(Conflict):
    """Somebody else edited or removed it meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "This passage is an earlier one: it was edited or removed meanwhile. Reload the page."
        )


class FolderTooLarge(Conflict):
    """To be packed while somebody waits."""

    def __init__(self, name: str, most_bytes: int) -> None:
        super().__init__(
            "The pictures of '%(name)s' have more than %(size)s MB, which is too much for one "
            "download. Take the passages as JSONL; jobs read all of it where it lies.",
            name=name,
            size=most_bytes // 1_000_000,
        )


class BaseIsArchived(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "The knowledge base '%(name)s' is archived. Bring it back to change it.", name=name
        )


class PassageEmpty(Invalid):
    def __init__(self) -> None:
        super().__init__("A passage has a text.", field="text")


class ValueTooLong(Invalid):
    def __init__(self, name: str, length: int, longest: int) -> None:
        super().__init__(
            "'%(name)s' has %(length)s characters; at most %(longest)s are taken.",
            field=name,
            name=name,
            length=length,
            longest=longest,
        )


class ValueNotOneLine(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__(
            "'%(name)s' must be one line of printable characters.", field=name, name=name
        )


class LanguageUnknown(Invalid):
    def __init__(self, value: str) -> None:
        super().__init__(
            "'%(value)s' is not a language tag such as en or en-GB.", field="language", value=value
        )


class CountryUnknown(Invalid):
    def __init__(self, value: str) -> None:
        super().__init__(
            "'%(value)s' is not a country code of two letters.", field="country", value=value
        )


class PassageTwice(Invalid):
    def __init__(self, title: str) -> None:
        super().__init__(
            "This knowledge base says exactly this already, under the title '%(title)s'.",
            field="text",
            title=title or Word("without a title"),
        )


class TooManyPassages(Invalid):
    def __init__(self, name: str, found: int, most: int) -> None:
        super().__init__(
            "With these, '%(name)s' would have %(found)s passages; a knowledge base has at most "
            "%(most)s.",
            field="text",
            name=name,
            found=found,
            most=most,
        )


class KnowledgeEmpty(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "The knowledge base '%(name)s' has no passages; there is nothing to search.", name=name
        )


class NotIndexed(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "The knowledge base '%(name)s' has no index of the passages it has now. Index it first "
            "(knowledge.index).",
            name=name,
        )


class RevisionUnknown(Conflict):
    def __init__(self, name: str, digest: str) -> None:
        super().__init__(
            "The knowledge base '%(name)s' never had the passages of digest %(digest)s.",
            name=name,
            digest=digest[:12],
        )


class VectorsMissing(Conflict):
    def __init__(self, index_id: uuid.UUID, found: int, expected: int) -> None:
        super().__init__(
            "Index %(id)s has %(found)s vectors in the database; it should have %(expected)s.",
            id=index_id,
            found=found,
            expected=expected,
        )


class VectorsDiffer(Invalid):
    def __init__(self, found: int, dim: int) -> None:
        super().__init__(
            "The queries have vectors of %(found)s numbers, and those of the index have %(dim)s: "
            "they were made by another encoder.",
            field="queries",
            found=found,
            dim=dim,
        )


class NoVectorSearch(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "This PostgreSQL has no extension 'vector' (pgvector), or the account may not add it."
        )
