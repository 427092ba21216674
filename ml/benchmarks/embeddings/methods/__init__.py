"""Ways of asking by similarity alone; one module for each."""
