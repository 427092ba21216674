from typing import ClassVar, Literal

from specs.method import MethodSpec


class AnswersJudge(MethodSpec):
    label: ClassVar[str] = "Answers from a file"
    summary: ClassVar[str] = "Reads answers that people or another program gave."

    method: Literal["answers"] = "answers"
