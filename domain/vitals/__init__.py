"""How the product is doing, counted from the rows: what /metrics shows."""
