"""Raters and what they say: invites, leases, ratings that are never overwritten."""
