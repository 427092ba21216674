"""Tasks of the kinds `prompts.*`."""
