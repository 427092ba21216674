"""Pictures and answers that models made."""
