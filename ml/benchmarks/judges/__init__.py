"""One module per judge, each with `load(spec, source, setting)`."""
