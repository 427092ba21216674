"""Imports passages of knowledge from Markdown, JSONL and CSV."""
