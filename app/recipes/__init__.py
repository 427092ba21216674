"""Recipes: read, shown as a plan, launched as jobs."""
