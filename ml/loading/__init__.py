"""Models from folders: what lies there, whether it may be read, and how it is read."""
