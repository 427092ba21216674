"""An instance in one file: the database, the published files, and a list of both to check by."""
