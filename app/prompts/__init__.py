"""Sets of prompts."""
