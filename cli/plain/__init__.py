"""Commands on plain files, in this process: no database, no queue, no web."""
