"""Answers of vision-language models to the questions of a quiz."""
