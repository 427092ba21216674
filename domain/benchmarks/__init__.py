"""Questions about pictures, and how variants scored."""
