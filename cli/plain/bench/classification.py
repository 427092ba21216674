"""`ggez bench classification`: pictures, sorted into classes by similarity."""

from cli.plain.bench import embeddings

classification = embeddings.make(
    "classification",
    says="Sort the pictures of a data set into the classes of one of its columns.\n\nA class is "
    "the mean of its wordings. A picture with captions in several languages counts once.",
    epilog="Example: ggez bench classification --base clip --dataset plates --out c",
    takes=("dataset",),
    show=embeddings.show_choices,
)
