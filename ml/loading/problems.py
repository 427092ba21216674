"""What can be wrong with a model or with prompts, said in one sentence."""


class UnfitModel(ValueError):
    """A folder or file that is not a model which may be loaded, and why."""


class UnfitPrompts(ValueError):
    """A file that holds no prompts, or wrong ones: the sentence names the line."""
