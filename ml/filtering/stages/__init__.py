"""One module per stage: `build(spec, tools, saved)` gives it."""
