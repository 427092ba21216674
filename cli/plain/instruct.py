"""`ggez instruct`: a vision-language model and a quiz in, a taught model out; no database."""

from cli.plain.recipes.command import Command, showing_facts
from specs.kinds.model.model_instruct import ModelInstruct

instruct = Command(
    name="instruct",
    spec=ModelInstruct,
    says="Teach a vision-language model to answer the questions of a quiz.\n\n"
    "Stopped, the same command goes on where it was.",
    epilog="Example: ggez instruct --base ./gemma --quiz ./questions --out taught",
    takes_files=True,
    out="A new folder: the model, the loss of every step and a card.",
    show=showing_facts(
        "method", "steps", "epochs", "num_questions", "num_held_out", "final_loss",
        "held_out_loss", "held_out_accuracy", "size_bytes",
    ),
).make()  # fmt: skip
