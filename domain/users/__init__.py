"""People, sessions, sign-in links, API tokens and the audit log."""
