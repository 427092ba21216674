"""Imports outputs that were made elsewhere: reads a table row by row, and the pictures it names."""
