class CannotAnswer(ValueError):
    """Questions cannot be answered with this, and why."""
