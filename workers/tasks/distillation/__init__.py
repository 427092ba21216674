"""Tasks of the kinds `distillation.*`."""
