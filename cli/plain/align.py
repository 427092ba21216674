"""`ggez align`: an encoder and a data set in, a tuned encoder out; no database."""

from cli.plain.recipes.command import Command, showing_facts
from specs.kinds.model.model_align import ModelAlign

align = Command(
    name="align",
    spec=ModelAlign,
    says="Tune a CLIP or SigLIP model so that pictures lie near their captions.\n\n"
    "Stopped, the same command goes on where it was.",
    epilog="Example: ggez align --base ./siglip2 --dataset ./captions --out tuned",
    takes_files=True,
    out="A new folder: the model, the loss of every step and a card.",
    show=showing_facts(
        "method", "loss", "steps", "epochs", "num_pictures", "num_captions", "final_loss",
        "held_out_loss", "held_out_r1_pictures", "held_out_r1_texts", "size_bytes",
    ),
).make()  # fmt: skip
