"""From ratings as a table to figures. Pure: neither rows nor a session."""
