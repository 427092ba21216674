"""One module per formulation of distillation, and their registry."""
