"""Families of vision-language models: one specification for each."""
