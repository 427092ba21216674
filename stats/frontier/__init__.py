"""Two qualities that pull in different directions: weighing them, and what is best at all."""
