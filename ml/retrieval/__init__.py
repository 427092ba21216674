"""Finding passages of a knowledge base for questions and prompts. What a passage says is data."""
