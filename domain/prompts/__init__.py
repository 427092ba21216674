"""Sets of prompts, which never change once they are there."""
