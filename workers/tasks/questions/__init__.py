"""Tasks of the kinds `questions.*`."""
