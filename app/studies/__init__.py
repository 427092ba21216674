"""Studies, for researchers: design, open, invite, coverage, close."""
