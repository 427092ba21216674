"""Models that lay pictures and texts in one space, by what config.json says as their model_type."""

from collections.abc import Mapping

FAMILIES: Mapping[str, str] = {"clip": "CLIP", "siglip": "SigLIP", "siglip2": "SigLIP2"}
