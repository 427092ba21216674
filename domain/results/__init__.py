"""From ratings to evidence: what a study found, with what uncertainty, and on what."""
