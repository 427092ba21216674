"""Tunes a model of pictures and texts so that what belongs together lies together."""
