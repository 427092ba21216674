"""The computing. No database, queue or web."""
