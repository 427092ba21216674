import uuid

from domain.errors import Invalid, NotFound


class BenchmarkNotFound(NotFound):
    def __init__(self, benchmark_id: uuid.UUID) -> None:
        super().__init__("There is no benchmark %(id)s.", id=benchmark_id)


class NoQuizQuestion(NotFound):
    def __init__(self, name: str, position: int) -> None:
        super().__init__(
            "'%(name)s' has no picture for a question number %(position)s.",
            name=name,
            position=position,
        )


class WithoutQuestions(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(
            "'%(name)s' has no file of questions: its data set is what is asked.", name=name
        )


class NoQuiz(Invalid):
    def __init__(self, field: str, name: str) -> None:
        super().__init__(
            "'%(name)s' asks about pictures that models draw; choose a quiz.",
            field=field,
            name=name,
        )


class IsQuiz(Invalid):
    def __init__(self, field: str, name: str) -> None:
        super().__init__(
            "'%(name)s' is a quiz, which models answer; choose a benchmark about pictures that "
            "models draw.",
            field=field,
            name=name,
        )


class IsDataset(Invalid):
    def __init__(self, field: str, name: str) -> None:
        super().__init__(
            "'%(name)s' is a data set over which encoders were scored; it has no questions and no "
            "prompts.",
            field=field,
            name=name,
        )


class QuestionsWrong(Invalid):
    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message, field="text", **values)


class QuestionsUnreadable(QuestionsWrong):
    def __init__(self, reason: str) -> None:
        super().__init__("The questions cannot be used: %(reason)s", reason=reason)


class ItemWithoutText(QuestionsWrong):
    def __init__(self, line: int, item: str) -> None:
        super().__init__("Line %(line)s: item '%(item)s' has no text here.", line=line, item=item)


class ItemChanges(QuestionsWrong):
    def __init__(self, line: int, item: str) -> None:
        super().__init__(
            "Line %(line)s: item '%(item)s' has another text here than in its first line.",
            line=line,
            item=item,
        )


class PromptsDiffer(QuestionsWrong):
    def __init__(self, item: str, name: str) -> None:
        super().__init__(
            "Item '%(item)s' is no prompt of the set '%(name)s'.", item=item, name=name
        )
