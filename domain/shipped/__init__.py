"""What comes with the product, as rows."""
