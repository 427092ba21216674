"""The cumulative-link mixed model: levels of a scale, raters who differ, outputs that differ."""
