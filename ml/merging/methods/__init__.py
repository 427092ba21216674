"""One module per merge method, named after it: which tensors are mixed, and in which shares."""
