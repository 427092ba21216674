"""From a data set to what a training step reads: shapes, latents and texts on disk, order."""
