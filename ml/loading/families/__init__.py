"""How each family of `specs.families` is loaded. A new one is a module here."""
