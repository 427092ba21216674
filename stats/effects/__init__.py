"""How much one variant differs from another, and how sure that is."""
