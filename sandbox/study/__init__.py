"""A study over the sandbox's variants that comes with the product, and raters who are drawn."""
