"""How well the method does on what is known of the drawn world."""
