"""`ggez distill`: a teacher and a data set in, a student of half the depth out; no database."""

from cli.plain.recipes.command import Command, showing_facts
from specs.kinds.model.model_distill import ModelDistill

distill = Command(
    name="distill",
    spec=ModelDistill,
    says="Make a student of half the depth of a CLIP or SigLIP model, and teach it.\n\n"
    "Stopped, the same command goes on where it was.",
    epilog="Example: ggez distill --teacher ./siglip2 --dataset ./captions --out half",
    takes_files=True,
    out="A new folder: the model, the loss of every step and a card.",
    show=showing_facts(
        "start", "steps", "num_pictures", "num_captions", "final_loss", "num_parameters",
        "num_parameters_teacher", "size_bytes",
    ),
).make()  # fmt: skip
