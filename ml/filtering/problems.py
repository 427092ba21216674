"""What can be wrong with a filter as a whole. Each message is a sentence with the values."""


class UnfitFilter(ValueError):
    """The stages and what they were given do not fit each other, or the data."""


class NothingKept(ValueError):
    """Every row was rejected: there is no data set to write."""
