class CannotGenerate(ValueError):
    """Pictures cannot be made of this, and why."""
