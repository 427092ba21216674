"""How commands speak: JSON for programs, columns for people, one page of reference for both."""
