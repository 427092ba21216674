"""The `ggez` command. Each subcommand is a module of its name, loaded when it is called.

A new one: the module with a click command called `<name>`, and a line in one of the lists below.
"""

from typing import Any

import click

from cli import errors
from cli.terminal.groups import LazyGroup, Place
from ml import devices

# Of an instance: a module `cli/<name>.py` each.
INSTANCE = {
    "up": "Start everything on this machine and print where it is.",
    "down": "Stop what `up` started.",
    "status": "Say what runs on this data folder.",
    "doctor": "Check this machine and say how to mend what is missing.",
    "user": "Add people, list them, and let them in with one-time links.",
    "token": "Make, list and revoke API tokens.",
    "study": "List studies, close one, and take out what it found.",
    "jobs": "Run jobs, watch them, and change the queue.",
    "backup": "Write the whole instance into one file.",
    "restore": "Make a data folder anew from a backup.",
}
# On plain files: a module `cli/plain/<name>.py` each.
PLAIN = {
    "filter": "Pass a data set's rows through stages that keep them or give a reason.",
    "tune": "Train the UNet of a diffusion pipeline on a data set, whole or as LoRA.",
    "run": "Carry out a recipe: a YAML file, or one of the product's own by its name.",
    "instruct": "Teach a vision-language model to answer the questions of a quiz.",
    "align": "Tune a CLIP or SigLIP model so that pictures lie near their captions.",
    "distill": "Make a student of half the depth of a CLIP or SigLIP model, and teach it.",
    "distillation": "Compare ways to distil: teachers x methods x seeds, in one table.",
    "merge": "Mix the weights of a tuned model with those of its base model.",
    "generate": "Make one picture per prompt and seed, with one model or with every merge of two.",
    "answer": "Answer every question of a quiz, with one model or with every merge of two.",
    "quiz": "Take in questions about pictures, from published benchmarks or of our own.",
    "bench": "Ask about pictures, score answers of every kind, and measure encoders.",
    "knowledge": "Find passages of a knowledge base for questions and prompts.",
    "sandbox": "Try the whole method on a small drawn world, in minutes, without a GPU.",
}
# The same, from ratings and scores: a module `cli/plain/evidence/<name>.py` each.
EVIDENCE = {
    "agreement": "Say how far raters agree: each coefficient with its interval, from a file.",
    "effects": "Compare every arm of a study with the baseline, from a file of ratings.",
    "pairs": "Say which arm is preferred, from a file of votes between two.",
    "ranks": "Say in which order arms are, from a file of rankings.",
    "power": "Say how many prompts and ratings a study needs to see an effect.",
    "grp": "Weigh global against regional quality, and find the best beta.",
    "pareto": "Show what each variant keeps globally and gains regionally.",
    "report": "Print what a study found, from its JSON or from ratings; write its numbers.",
}
PLACES = {
    **{name: Place(f"cli.{name}", name, what) for name, what in INSTANCE.items()},
    **{name: Place(f"cli.plain.{name}", name, what) for name, what in PLAIN.items()},
    **{name: Place(f"cli.plain.evidence.{name}", name, what) for name, what in EVIDENCE.items()},
}


class _Root(LazyGroup):
    """Says every error in one sentence, also one about its own options."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with errors.as_sentences(with_traceback=False):
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with errors.as_sentences(with_traceback=ctx.params["traceback"]):
            return super().invoke(ctx)


@click.group(
    cls=_Root,
    places=PLACES,
    epilog="Example: ggez up --data ./var",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="ggez", prog_name="ggez")
@click.option("--traceback", is_flag=True, help="Show where an unexpected error happened.")
def ggez(*, traceback: bool) -> None:
    """Adapt image and vision-language models to a region, and prove the effect."""


def main() -> None:
    devices.share_cores()
    ggez(prog_name="ggez")


if __name__ == "__main__":
    main()
