"""Recipes in one process: read from a file, carried out step by step, without a database."""
