"""Judges: one specification for each way of answering yes/no questions about a picture."""
