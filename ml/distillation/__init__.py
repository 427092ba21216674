"""Teaches a student of half the depth what a model of pictures and texts knows."""
