"""Train the UNet of a diffusion pipeline on pictures with captions, and go on where it stopped."""
