from domain.errors import Conflict, Invalid
from domain.shelf.models import Named, Noun


class NameTaken(Invalid):
    def __init__(self, noun: Noun, name: str, *, is_archived: bool = False) -> None:
        super().__init__(
            "There is already %(what)s named '%(name)s'. Choose another name.",
            field="name",
            what=noun.one_archived if is_archived else noun.one,
            name=name,
        )


class NameEmpty(Invalid):
    def __init__(self, longest: int) -> None:
        super().__init__("A name has 1 to %(longest)s characters.", field="name", longest=longest)


class AlreadyArchived(Conflict):
    def __init__(self, row: Named) -> None:
        super().__init__("'%(name)s' is archived already.", name=row.name)


class NotArchived(Conflict):
    def __init__(self, row: Named) -> None:
        super().__init__("'%(name)s' is not archived.", name=row.name)
