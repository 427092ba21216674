"""`ggez answer`: a model and a quiz in, answers out; with a second model, a sweep of merges."""

from cli.plain.recipes.command import SINGULAR, Command, showing_variants
from specs.kinds.answers.answers_generate import AnswersGenerate

answer = Command(
    name="answer",
    spec=AnswersGenerate,
    says="Answer every question of a quiz, with one model or with every merge of two.\n\n"
    "Merges are interpolated in memory and never written. Stopped, the same command goes on where "
    "it was, and ends with the same bytes.",
    epilog="Example: ggez answer --base llava --quiz dishes --out answers",
    out="A new folder: outputs.jsonl, generation.json and pictures/.",
    show=showing_variants(
        ("variant", "answers", "unfinished", "cut", "empty"),
        lambda each, _: (
            each["variant"],
            each["num_answers"],
            each["num_unfinished"],
            each["num_cut"],
            each["num_empty"],
        ),
    ),
    takes_files=True,
    singular=SINGULAR,
).make()
