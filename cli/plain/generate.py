"""`ggez generate`: a model and prompts in, pictures out; with a second model, a sweep of merges."""

from cli.plain.recipes.command import SINGULAR, Command, showing_variants
from specs.kinds.images.images_generate import ImagesGenerate

generate = Command(
    name="generate",
    spec=ImagesGenerate,
    says="Make one picture per prompt and seed, with one model or with every merge of two.\n\n"
    "Merges are interpolated in memory and never written. Stopped, the same command goes on where "
    "it was, and ends with the same bytes.",
    epilog="Example: ggez generate --base world --prompts prompts.jsonl --out pictures",
    out="A new folder: images/, outputs.jsonl, generation.json and grid.png.",
    show=showing_variants(
        ("variant", "pictures", "flagged", "NaN", "folder"),
        lambda each, out: (
            each["variant"],
            each["num_images"],
            each["num_flagged"],
            each["num_nan"],
            out / "images" / each["variant"],
        ),
    ),
    takes_files=True,
    singular=SINGULAR,
).make()
