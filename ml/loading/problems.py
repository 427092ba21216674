"""What can be wrong with a model, prompts or a quiz, said in one sentence."""


class UnfitModel(ValueError):
    """A folder or file that is not a model which may be loaded, and why."""


class UnfitPrompts(ValueError):
    """A file that holds no prompts, or wrong ones: the sentence names the line."""


class UnfitQuiz(ValueError):
    """A folder that is no quiz, or one with a question or picture that cannot be used."""


class UnfitQuestion(ValueError):
    """A question that cannot be put to a model, and why."""
