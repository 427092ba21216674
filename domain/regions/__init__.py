"""Regions are data: one YAML file each."""
