"""`ggez bench zeroshot`: a quiz, answered by similarity."""

from cli.plain.bench import embeddings

zeroshot = embeddings.make(
    "zeroshot",
    says="Answer a quiz with the option that is the most similar to the picture.\n\nAn option is "
    "looked at together with its question. Of equal ones the first counts; ties are counted.",
    epilog="Example: ggez bench zeroshot --base clip --quiz cvqa --out z",
    takes=("quiz",),
    show=embeddings.show_choices,
)
