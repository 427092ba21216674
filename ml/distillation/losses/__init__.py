"""One module per formulation, named after it, with a class `Loss` that is made from its spec."""
