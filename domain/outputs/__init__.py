"""What models made of prompts: one row per variant, prompt, seed and parameters."""
