"""Models: base ones, tuned ones and what was merged from both."""
