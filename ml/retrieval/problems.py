"""What can be wrong with what is searched or asked for, said in one sentence with values."""


class CannotRetrieve(ValueError):
    """Passages cannot be found with this, and why."""
