"""The web door: HTTP and HTML. Decides nothing."""
