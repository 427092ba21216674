"""A tiny LLaVA of the real classes, trained here from nothing."""
